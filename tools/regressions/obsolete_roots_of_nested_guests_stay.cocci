// SPDX-License-Identifier: GPL-2.0-only
// Name: obsolete_roots_of_nested_guests_stay
// Class: HANG
// Origin: held out
// A user would see: a guest of the guest faults for ever after all page tables were dropped
// Observable: yes: a hang
// First: nested memory.shadow_paging.page_tables_are_dropped_under_l2
// File: arch/x86/kvm/mmu/mmu.c
@@
@@
kvm_mmu_free_obsolete_roots(...)
{
<...
- __kvm_mmu_free_obsolete_roots(vcpu->kvm, &vcpu->arch.guest_mmu);
...>
}
