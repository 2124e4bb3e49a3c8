// SPDX-License-Identifier: GPL-2.0-only
// Name: log_protects_page_behind
// Class: PERF
// First: dirty_log neighbour.is_not_touched_by_automatic_log
// Origin: generated, by make mutate
// A user would see: a fault more in the memslot behind one whose log begins
// Observable: yes: a fault by a write to the first page behind the memslot
// File: arch/x86/kvm/mmu/tdp_mmu.c
@@
expression iter, kvm, root, min_level, start, end;
iterator name for_each_tdp_pte_min_level;
statement S;
@@
wrprot_gfn_range(...)
{
...
- for_each_tdp_pte_min_level(iter, kvm, root, min_level, start, end)
+ for_each_tdp_pte_min_level(iter, kvm, root, min_level, start, end + 1)
S
...
}
