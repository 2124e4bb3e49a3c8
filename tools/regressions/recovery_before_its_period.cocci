// SPDX-License-Identifier: GPL-2.0-only
// Name: recovery_before_its_period
// Class: PERF
// First: nx_hugepage nx_hugepage.period_not_over.forced
// Origin: plausible
// A user would see: KVM recovers hugepages all the time, a thread uses a whole CPU
// Observable: yes: leaves go before the period is over
// File: arch/x86/kvm/mmu/mmu.c
@@
@@
kvm_nx_huge_page_recovery_worker(...)
{
<...
if (
- remaining_time > 0
+ remaining_time < 0
 )
{ ... }
...>
}
