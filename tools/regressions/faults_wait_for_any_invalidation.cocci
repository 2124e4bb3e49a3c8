// SPDX-License-Identifier: GPL-2.0-only
// Name: faults_wait_for_any_invalidation
// Class: PERF
// First: race beside.other_memslot.faults_are_served_at_once
// Origin: plausible
// A user would see: vCPUs stand still, one at 100% of a CPU, while other memory is converted
// Observable: yes: pf_taken rises by far more than the pages touched
// File: arch/x86/kvm/mmu/mmu.c
@@
expression kvm, seq, gfn;
@@
is_page_fault_stale(...)
{
<...
- mmu_invalidate_retry_gfn(kvm, seq, gfn)
+ (kvm->mmu_invalidate_in_progress || mmu_invalidate_retry_gfn(kvm, seq, gfn))
...>
}
