// SPDX-License-Identifier: GPL-2.0-only
// Name: log_splits_hugepage_behind
// Class: PERF
// First: dirty_log neighbour.is_not_touched_by_automatic_log
// Origin: generated, by make mutate
// A user would see: a hugepage that is split because the log of the memslot before it begins
// Observable: yes: 2M leaves while the log is on
// File: arch/x86/kvm/mmu/mmu.c
@@
identifier memslot;
@@
kvm_mmu_slot_try_split_huge_pages(...)
{
<...
- memslot->npages
+ memslot->npages + 1
...>
}
