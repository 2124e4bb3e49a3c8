// SPDX-License-Identifier: GPL-2.0-only
// Name: invalidation_range_kept
// Class: PERF
// First: race beside.other_memslot.faults_are_served_at_once
// Origin: plausible; catalogue E9
// A user would see: faults far from a conversion wait for it, once memory on both sides was invalidated
// Observable: yes: pf_taken rises by far more than the pages touched
// File: virt/kvm/kvm_main.c
@@
@@
(
- likely(kvm->mmu_invalidate_in_progress == 1)
+ likely(kvm->mmu_invalidate_in_progress == 1 && !kvm->mmu_invalidate_range_end)
)
