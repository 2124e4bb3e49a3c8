// SPDX-License-Identifier: GPL-2.0-only
// Name: mixed_hugepages_counted_as_split
// Class: PERF
// First: nx_hugepage nx_hugepage.executed_before_it_is_mapped.forced
// Origin: plausible
// A user would see: nx_lpage_splits counts mixed hugepages, which are then zapped for nothing
// Observable: yes: nx_lpage_splits is too high
// File: arch/x86/kvm/mmu/tdp_mmu.c
@@
@@
kvm_tdp_mmu_map(...)
{
<...
- fault->req_level >= iter.level
+ fault->slot
...>
}
