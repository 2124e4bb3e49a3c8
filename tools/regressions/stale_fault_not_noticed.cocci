// SPDX-License-Identifier: GPL-2.0-only
// Name: stale_fault_not_noticed
// Class: RACE
// First: race stalled.fault_before_conversion
// Origin: plausible; catalogue M32
// A user would see: a fault that was under way maps what has been converted meanwhile
// Observable: yes, with a fault held by userfaultfd: the guest reads shared content from a private page
// File: arch/x86/kvm/mmu/mmu.c
@@
expression E1, E2;
@@
(
- mmu_invalidate_retry_gfn(vcpu->kvm, fault->mmu_seq, fault->gfn)
+ mmu_invalidate_retry_gfn(vcpu->kvm, vcpu->kvm->mmu_invalidate_seq, fault->gfn)
|
- mmu_invalidate_retry_gfn_unsafe(E1, fault->mmu_seq, E2)
+ mmu_invalidate_retry_gfn_unsafe(E1, vcpu->kvm->mmu_invalidate_seq, E2)
)
