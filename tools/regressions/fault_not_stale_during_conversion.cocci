// SPDX-License-Identifier: GPL-2.0-only
// Name: fault_not_stale_during_conversion
// Class: RACE
// Origin: plausible
// A user would see: a fault during a conversion maps what is just being converted
// Observable: yes, with a conversion made to last: the guest goes on reading shared content
// First: race window.head_of_2M.fault_during_conversion
// File: arch/x86/kvm/mmu/mmu.c
@@
expression E1, E2;
@@
(
- mmu_invalidate_retry_gfn(vcpu->kvm, fault->mmu_seq, fault->gfn)
+ vcpu->kvm->mmu_invalidate_seq != fault->mmu_seq
|
- mmu_invalidate_retry_gfn_unsafe(E1, fault->mmu_seq, E2)
+ vcpu->kvm->mmu_invalidate_seq != fault->mmu_seq
)
