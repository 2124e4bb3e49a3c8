// SPDX-License-Identifier: GPL-2.0-only
// Name: stale_fault_noticed_late
// Class: EQUIVALENT
// Origin: plausible: the checks before mmu_lock is taken are an optimisation
// A user would see: nothing: the check under mmu_lock remains
// Observable: no: the fault is tried again a little later
// File: arch/x86/kvm/mmu/mmu.c
@@
expression E1, E2;
@@
- mmu_invalidate_retry_gfn_unsafe(E1, fault->mmu_seq, E2)
+ mmu_invalidate_retry_gfn_unsafe(E1, vcpu->kvm->mmu_invalidate_seq, E2)
