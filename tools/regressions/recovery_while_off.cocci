// SPDX-License-Identifier: GPL-2.0-only
// Name: recovery_while_off
// Class: PERF
// First: nx_hugepage global.no_work_without_mitigation
// Origin: plausible
// A user would see: a thread that wakes up again and again for nothing
// Observable: yes: how often the thread goes to sleep with kvm.nx_huge_pages off
// File: arch/x86/kvm/mmu/mmu.c
@@
identifier enabled, ratio;
@@
calc_nx_huge_pages_recovery_period(...)
{
<...
- !enabled || !ratio
+ !ratio
...>
}
