// SPDX-License-Identifier: GPL-2.0-only
// Name: invalidations_end_with_the_first
// Class: RACE
// Origin: plausible: a flag in the place of a count
// A user would see: a fault during a conversion maps what is just being converted, if the host's memory
//	changes elsewhere at that time
// Observable: yes, with a conversion made to last, and another invalidation meanwhile: a hugepage over private pages
// First: race window.head_of_2M_among_invalidations.fault_during_conversion
// File: virt/kvm/kvm_main.c
@@
@@
- kvm->mmu_invalidate_in_progress--;
+ kvm->mmu_invalidate_in_progress = 0;
