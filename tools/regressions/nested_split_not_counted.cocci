// SPDX-License-Identifier: GPL-2.0-only
// Name: nested_split_not_counted
// Class: PERF
// First: nx_hugepage nx_hugepage.executed_in_mapped_hugepage_1G.forced
// Origin: plausible
// A user would see: 2M hugepages executed inside a 1G hugepage are never recovered, nor counted
// Observable: yes: nx_lpage_splits is too low where a page of 1G is executed
// File: arch/x86/kvm/mmu/tdp_mmu.c
@@
@@
kvm_tdp_mmu_map(...)
{
<...
- fault->req_level >= iter.level
+ fault->req_level == iter.level
...>
}
