// SPDX-License-Identifier: GPL-2.0-only
// Name: shadowed_tables_count_for_ever
// Class: PERF
// Origin: plausible
// A user would see: memory that had page tables for a guest of the guest stays in small leaves
// Observable: yes: leaves of 4K
// First: nested_hugepage hugepage.their_hugepages_are_small_while_used
// File: arch/x86/kvm/mmu/mmu.c
@@
expression slot, gfn;
@@
unaccount_shadowed(...)
{
<...
- kvm_mmu_gfn_allow_lpage(slot, gfn);
...>
}
