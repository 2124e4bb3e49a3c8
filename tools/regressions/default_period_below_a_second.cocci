// SPDX-License-Identifier: GPL-2.0-only
// Name: default_period_below_a_second
// Class: PERF
// Origin: plausible
// A user would see: NX hugepages are recovered, and split again, hundreds of times a second
// Observable: yes: nx_lpage_splits
// First: nx_hugepage no_period_is_below_a_second_unless_it_is_set
// File: arch/x86/kvm/mmu/mmu.c
@@
identifier ratio;
@@
calc_nx_huge_pages_recovery_period(...)
{
<...
- ratio = min(ratio, 3600u);
...>
}
