// SPDX-License-Identifier: GPL-2.0-only
// Name: shorter_period_wakes_nobody
// Class: PERF
// Origin: held out
// A user would see: hugepages that come back only when the period before the shorter one is over
// Observable: yes: nx_lpage_splits
// First: nx_hugepage global.shorter_period_goes_at_once
// File: arch/x86/kvm/mmu/mmu.c
@@
expression A, B;
@@
set_nx_huge_pages_recovery_param(...)
{
<...
- (!A || B)
+ !A
...>
}
