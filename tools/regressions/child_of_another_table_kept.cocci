// SPDX-License-Identifier: GPL-2.0-only
// Name: child_of_another_table_kept
// Class: UNSAFE
// Origin: blind
// A user would see: a guest of a guest that has the memory of another one
// Observable: yes: L2 reads the old page by a table that was put in place
// First: nested_table tables.pages.page_table_that_the_host_puts_in_place_is_used
// File: arch/x86/kvm/mmu/mmu.c
@@
expression P, S;
@@
kvm_mmu_get_child_sp(...)
{
<...
  is_shadow_present_pte(P) && !is_large_pte(P)
- && spte_to_child_sp(P) && spte_to_child_sp(P)->gfn == gfn && spte_to_child_sp(P)->role.word == role.word
...>
}
