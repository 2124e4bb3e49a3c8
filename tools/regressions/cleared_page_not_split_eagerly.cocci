// SPDX-License-Identifier: GPL-2.0-only
// Name: cleared_page_not_split_eagerly
// Class: PERF
// First: dirty_log dirty_log.memslot_begins_within_64_pages.initially_set
// Origin: plausible
// A user would see: each first write after KVM_CLEAR_DIRTY_LOG splits a hugepage, though kvm.eager_page_split is on
// Observable: yes: a leaf of 2M stays where one page was cleared
// File: arch/x86/kvm/mmu/mmu.c
@@
@@
kvm_arch_mmu_enable_log_dirty_pt_masked(...)
{
<...
- kvm_mmu_try_split_huge_pages(kvm, slot, start, end + 1, PG_LEVEL_4K)
+ kvm_mmu_try_split_huge_pages(kvm, slot, start, end, PG_LEVEL_4K)
...>
}
