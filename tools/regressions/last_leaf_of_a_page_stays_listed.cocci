// SPDX-License-Identifier: GPL-2.0-only
// Name: last_leaf_of_a_page_stays_listed
// Class: OOB
// Origin: blind
// A user would see: KVM warns, or writes to freed memory
// Observable: yes: a warning when a log begins
// First: nested_table tables.pages.page_at_many_places_of_l2_is_taken_from_all
// File: arch/x86/kvm/mmu/mmu.c
@@
expression D, J;
@@
pte_list_desc_remove_entry(...)
{
<...
- D->sptes[J] = NULL;
...>
}
