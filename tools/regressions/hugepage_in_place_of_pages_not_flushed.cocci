// SPDX-License-Identifier: GPL-2.0-only
// Name: hugepage_in_place_of_pages_not_flushed
// Class: UNSAFE
// Origin: held out
// A user would see: a CPU goes on with a page table that is freed
// Observable: yes: no flush is asked for
// First: tlb_flush flush.when_fault_puts_a_hugepage_in_place_of_pages
// File: arch/x86/kvm/mmu/tdp_mmu.c
@@
expression E;
@@
tdp_mmu_map_handle_target_level(...)
{
<...
(
- !is_last_spte(iter->old_spte, iter->level) || E
+ is_last_spte(iter->old_spte, iter->level) && E
|
- !is_last_spte(iter->old_spte, iter->level)
+ 0
)
...>
}
