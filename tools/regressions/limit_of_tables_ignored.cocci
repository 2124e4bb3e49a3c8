// SPDX-License-Identifier: GPL-2.0-only
// Name: limit_of_tables_ignored
// Class: OOB
// Origin: blind: what KVM_SET_NR_MMU_PAGES limits
// A user would see: a guest of a guest that takes as much of the host's memory as it likes
// Observable: yes: more leaves than the limit lets KVM have page tables
// First: nested_table tables.pages.limit_of_tables_is_kept
// File: arch/x86/kvm/mmu/mmu.c
@@
expression V, N;
@@
make_mmu_pages_available(...)
{
...
- kvm_mmu_zap_oldest_mmu_pages(V, N);
...
- if (!kvm_mmu_available_pages(...))
-	return -ENOSPC;
...
}
