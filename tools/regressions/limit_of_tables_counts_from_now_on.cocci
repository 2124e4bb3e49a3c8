// SPDX-License-Identifier: GPL-2.0-only
// Name: limit_of_tables_counts_from_now_on
// Class: ERR
// Origin: blind: what KVM_SET_NR_MMU_PAGES limits
// A user would see: a host that asks for memory back and gets none
// Observable: yes: the leaves in page tables beyond the limit stay
// First: nested_table tables.pages.limit_of_tables_is_kept
// File: arch/x86/kvm/mmu/mmu.c
@@
expression K, N;
@@
kvm_mmu_change_mmu_pages(...)
{
<...
- kvm_mmu_zap_oldest_mmu_pages(K, N);
...>
}
