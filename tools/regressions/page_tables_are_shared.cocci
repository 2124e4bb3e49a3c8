// SPDX-License-Identifier: GPL-2.0-only
// Name: page_tables_are_shared
// Class: ERR
// Origin: held out
// A user would see: a guest whose page tables are private does not run
// Observable: yes: KVM_EXIT_MEMORY_FAULT
// First: page_table page_table.may_be_private
// File: arch/x86/kvm/mmu/mmu.c
@@
expression error_code;
@@
kvm_mmu_page_fault(...)
{
<...
- !(error_code & PFERR_RSVD_MASK)
+ !(error_code & (PFERR_RSVD_MASK | PFERR_GUEST_PAGE_MASK))
...>
}
