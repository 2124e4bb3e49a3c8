// SPDX-License-Identifier: GPL-2.0-only
// Name: split_page_tables_not_charged
// Class: ERR
// Origin: held out
// A user would see: a VM takes memory past the limit of its cgroup
// Observable: yes: page tables are not charged
// First: memory_back log_splits.page_tables_are_charged
// File: arch/x86/kvm/mmu/tdp_mmu.c
@@
@@
tdp_mmu_alloc_sp_for_split(...)
{
<...
- __get_free_page(GFP_KERNEL_ACCOUNT)
+ __get_free_page(GFP_KERNEL)
...>
}
