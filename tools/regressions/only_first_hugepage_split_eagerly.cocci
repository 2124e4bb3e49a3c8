// SPDX-License-Identifier: GPL-2.0-only
// Name: only_first_hugepage_split_eagerly
// Class: PERF
// First: dirty_log dirty_log.cleared_across_hugepages_at_once.initially_set
// Origin: plausible
// A user would see: the first write after KVM_CLEAR_DIRTY_LOG splits a hugepage, though kvm.eager_page_split is on
// Observable: yes: a leaf of 2M stays where 64 pages of the log span two hugepages
// File: arch/x86/kvm/mmu/mmu.c
@@
@@
kvm_arch_mmu_enable_log_dirty_pt_masked(...)
{
<...
- kvm_mmu_try_split_huge_pages(kvm, slot, start, end + 1, PG_LEVEL_4K)
+ kvm_mmu_try_split_huge_pages(kvm, slot, start, start + 1, PG_LEVEL_4K)
...>
}
