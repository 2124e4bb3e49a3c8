// SPDX-License-Identifier: GPL-2.0-only
// Name: table_linked_without_cmpxchg
// Class: RACE
// First: race same_hugepage.populated_by_both
// Origin: generated
// A user would see: a page table that is lost, with its leaves, when two vCPUs fault at the same time
// Observable: yes: leaves that nobody can reach are still counted
// File: arch/x86/kvm/mmu/tdp_mmu.c
@@
identifier shared;
statement S1, S2;
@@
tdp_mmu_link_sp(..., bool shared)
{
<...
- if (shared) S1 else S2
+ if (!shared) S1 else S2
...>
}
