// SPDX-License-Identifier: GPL-2.0-only
// Name: logging_splits_nothing
// Class: PERF
// First: known_faults known_trait.log_splits_as_asked.holds
// Origin: plausible; kernels before 5.17
// A user would see: each first write after logging begins splits a hugepage, though kvm.eager_page_split is on
// Observable: yes: leaves of 2M stay
// File: arch/x86/kvm/x86.c
@@
@@
kvm_mmu_slot_apply_flags(...)
{
<...
- if (READ_ONCE(eager_page_split))
-	kvm_mmu_slot_try_split_huge_pages(kvm, new, PG_LEVEL_4K);
...>
}
