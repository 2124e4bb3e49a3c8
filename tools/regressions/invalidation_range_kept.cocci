// SPDX-License-Identifier: GPL-2.0-only
// Name: invalidation_range_kept
// Class: EQUIVALENT
// Origin: plausible; catalogue E9
// A user would see: nothing: only more is invalidated
// Observable: no: a fault is tried again, no leaf goes
// File: virt/kvm/kvm_main.c
@@
@@
(
- likely(kvm->mmu_invalidate_in_progress == 1)
+ likely(kvm->mmu_invalidate_in_progress == 1 && !kvm->mmu_invalidate_range_end)
)
