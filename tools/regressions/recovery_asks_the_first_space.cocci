// SPDX-License-Identifier: GPL-2.0-only
// Name: recovery_asks_the_first_space
// Class: PERF
// Origin: held out
// A user would see: hugepages of the second address space are never recovered, and a warning
// Observable: yes: nx_lpage_splits, the kernel log
// First: smm global.split_hugepage_of_second_space_is_recovered
// File: arch/x86/kvm/mmu/mmu.c
@@
identifier recovery =~ "^(kvm_mmu_sp_dirty_logging_enabled|kvm_recover_nx_huge_pages)$";
expression kvm, sp;
@@
recovery(...)
{
<...
- kvm_memslots_for_spte_role(kvm, sp->role)
+ kvm_memslots(kvm)
...>
}
