// SPDX-License-Identifier: GPL-2.0-only
// Name: invalidation_ends_before_the_last_page
// Class: RACE
// Origin: generated, by make mutate
// A user would see: a hugepage that is half private is mapped as a shared one
// Observable: yes: leaves
// First: race window.last_page_of_2M.fault_during_conversion
// File: arch/x86/kvm/mmu/mmu.c
@@
expression level;
@@
kvm_arch_pre_set_memory_attributes(...)
{
<...
- KVM_PAGES_PER_HPAGE(level)
+ (KVM_PAGES_PER_HPAGE(level) - 1)
...>
}
