// SPDX-License-Identifier: GPL-2.0-only
// Name: limit_of_tables_lost_with_a_memslot
// Class: PERF
// Origin: blind: what KVM_SET_NR_MMU_PAGES limits
// A user would see: guests of guests that are slow since a memslot was added
// Observable: yes: less leaves than the limit lets KVM have
// First: nested_table tables.pages.limit_of_tables_is_kept
// File: arch/x86/kvm/x86.c
@@
expression K, N;
@@
kvm_vm_ioctl_set_nr_mmu_pages(...)
{
...
- K->arch.n_requested_mmu_pages = N;
...
}
