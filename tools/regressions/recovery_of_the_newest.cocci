// SPDX-License-Identifier: GPL-2.0-only
// Name: recovery_of_the_newest
// Class: PERF
// First: nx_hugepage nx_hugepage.recovered_in_part.forced
// Origin: plausible
// A user would see: what was executed last is recovered first, and soon split again
// Observable: yes: leaves stay where those of the oldest splits should go
// File: arch/x86/kvm/mmu/mmu.c
@@
@@
kvm_recover_nx_huge_pages(...)
{
<...
- list_first_entry
+ list_last_entry
 (...)
...>
}
