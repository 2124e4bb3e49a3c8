// SPDX-License-Identifier: GPL-2.0-only
// Name: hole_flushes_for_last_memslot_only
// Class: UNSAFE
// Origin: held out
// A user would see: a vCPU that stays in the guest goes on using a private page that is freed
// Observable: yes: remote_tlb_flush_requests
// First: tlb_flush flush.when_hole_takes_private_pages
// File: virt/kvm/guest_memfd.c
@@
expression kvm, range;
identifier flush;
@@
__kvm_gmem_invalidate_start(...)
{
<...
- flush |= kvm_mmu_unmap_gfn_range(kvm, range);
+ flush = kvm_mmu_unmap_gfn_range(kvm, range);
...>
}
