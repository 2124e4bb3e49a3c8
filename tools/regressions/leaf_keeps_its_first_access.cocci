// SPDX-License-Identifier: GPL-2.0-only
// Name: leaf_keeps_its_first_access
// Class: UNSAFE
// Origin: held out
// A user would see: a guest of the guest writes to pages that the guest has protected meanwhile
// Observable: yes: no exit to L1
// First: nested_protect tables.pages.l2_does_not_write_what_l1_protects
// File: arch/x86/kvm/mmu/mmu.c
@@
expression sp, sptep, pte_access;
@@
mmu_set_spte(...)
{
<...
- kvm_mmu_page_set_access(sp, spte_index(sptep), pte_access);
...>
}
