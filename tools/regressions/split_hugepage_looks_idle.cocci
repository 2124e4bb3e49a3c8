// SPDX-License-Identifier: GPL-2.0-only
// Name: split_hugepage_looks_idle
// Class: PERF
// Origin: plausible, of a blind test
// A user would see: a migration whose first step makes all of a guest's memory look idle, and be reclaimed
// Observable: yes: page_idle of a hugepage that was read before its memslot was logged
// First: aging aging.logged_hugepage.log_changes_nothing
// File: arch/x86/kvm/mmu/spte.c
@@
identifier split =~ "^make_(small_spte|huge_page_split_spte)$";
identifier C;
@@
split(...)
{
...
u64 C;
...
+ C = mark_spte_for_access_track(C);
return C;
}
