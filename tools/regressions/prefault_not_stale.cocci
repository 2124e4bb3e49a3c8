// SPDX-License-Identifier: GPL-2.0-only
// Name: prefault_not_stale
// Class: RACE
// Origin: plausible: pre-faulting came later than the checks of faults
// A user would see: pre-faulting maps what has been converted meanwhile
// Observable: yes, with a pre-fault held by userfaultfd: the guest reads shared content from a private page
// First: race stalled.prefault_before_conversion
// File: arch/x86/kvm/mmu/mmu.c
@@
expression E1, E2;
@@
(
- mmu_invalidate_retry_gfn(vcpu->kvm, fault->mmu_seq, fault->gfn)
+ !fault->prefetch && mmu_invalidate_retry_gfn(vcpu->kvm, fault->mmu_seq, fault->gfn)
|
- mmu_invalidate_retry_gfn_unsafe(E1, fault->mmu_seq, E2)
+ !fault->prefetch && mmu_invalidate_retry_gfn_unsafe(E1, fault->mmu_seq, E2)
)
