// SPDX-License-Identifier: GPL-2.0-only
// Name: recovery_without_flush
// Class: RACE
// First: tlb_flush flush.when_nx_hugepage_is_recovered
// Origin: held out
// A user would see: a vCPU goes on with small pages that the host may have taken away meanwhile
// Observable: yes: KVM's count of flushes does not rise
// Equivalent before: 7.0
// File: arch/x86/kvm/mmu/tdp_mmu.c
@@
@@
kvm_tdp_mmu_zap_possible_nx_huge_page(...)
{
<...
- return true;
+ return is_last_spte(iter.old_spte, iter.level);
...>
}
