// SPDX-License-Identifier: GPL-2.0-only
// Name: deleted_memslot_stays_mapped
// Class: UNSAFE
// First: memslot memslot.memslot_deleted_and_created_again.as_written
// Origin: plausible
// A user would see: the guest reaches the memory of a memslot that is gone
// Observable: yes: no KVM_EXIT_MMIO, leaves stay
// File: arch/x86/kvm/mmu/mmu.c
// Afterwards: reboot; memory of the kernel may have been overwritten
@@
@@
kvm_arch_flush_shadow_memslot(...)
{
<...
- flush = kvm_unmap_gfn_range(kvm, &range);
+ flush = false;
...>
}
