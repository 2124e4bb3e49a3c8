// SPDX-License-Identifier: GPL-2.0-only
// Name: invalidation_range_kept
// Class: PERF
// Origin: plausible; catalogue E9
// A user would see: while anything is converted or unmapped, no fault in memory that was once is served
// Observable: yes: a fault outside of the range is tried again and again, as pf_taken tells; no leaf goes
// First: race beside.faults_are_served_at_once
// File: virt/kvm/kvm_main.c
@@
@@
(
- likely(kvm->mmu_invalidate_in_progress == 1)
+ likely(kvm->mmu_invalidate_in_progress == 1 && !kvm->mmu_invalidate_range_end)
)
