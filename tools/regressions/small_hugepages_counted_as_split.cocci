// SPDX-License-Identifier: GPL-2.0-only
// Name: small_hugepages_counted_as_split
// Class: PERF
// First: nx_hugepage
// Origin: plausible
// A user would see: nx_lpage_splits counts page tables that no hugepage could replace, which are then zapped for nothing
// Observable: yes: nx_lpage_splits is too high where the first page of 1G is executed
// File: arch/x86/kvm/mmu/tdp_mmu.c
@@
@@
kvm_tdp_mmu_map(...)
{
<...
- fault->req_level >= iter.level
+ fault->req_level > PG_LEVEL_4K
...>
}
