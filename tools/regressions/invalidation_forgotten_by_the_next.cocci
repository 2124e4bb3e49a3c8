// SPDX-License-Identifier: GPL-2.0-only
// Name: invalidation_forgotten_by_the_next
// Class: RACE
// Origin: plausible
// A user would see: a fault during a conversion maps what is just being converted, if the host's memory
//	changes elsewhere at that time
// Observable: yes, with a conversion made to last, and another invalidation meanwhile: a hugepage over private pages
// First: race window.head_of_2M_among_invalidations.fault_during_conversion
// File: virt/kvm/kvm_main.c
@@
@@
- if (likely(kvm->mmu_invalidate_in_progress == 1)) {
  kvm->mmu_invalidate_range_start = INVALID_GPA;
  kvm->mmu_invalidate_range_end = INVALID_GPA;
- }
