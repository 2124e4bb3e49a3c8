// SPDX-License-Identifier: GPL-2.0-only
// Name: ept_split_hugepage_stays_unexecutable
// Class: HANG
// Origin: plausible
// A user would see: a guest that hangs when it executes from what was a hugepage
// Observable: yes: with kvm.nx_huge_pages, when eager splitting comes first
// File: arch/x86/kvm/mmu/spte.c
// Needs: intel
// First: nx_hugepage
@@
identifier split =~ "^make_(small_spte|huge_page_split_spte)$";
expression child;
@@
split(...)
{
<...
(
- child = change_spte_executable(...);
|
- child = make_spte_executable(...);
)
...>
}
