// SPDX-License-Identifier: GPL-2.0-only
// Name: flush_for_last_memslot_only
// Class: UNSAFE
// First: tlb_flush flush.when_host_drops_memory
// Origin: held out
// A user would see: memory of two memslots that the host takes away at once is reached by a vCPU that stays in the guest
// Observable: yes: KVM's count of flushes does not rise if nothing of the second one is mapped
// File: virt/kvm/kvm_main.c
@@
expression r, range, kvm;
identifier gfn_range;
@@
kvm_handle_hva_range(...)
{
<...
- r.ret |= range->handler(kvm, &gfn_range);
+ r.ret = range->handler(kvm, &gfn_range);
...>
}
