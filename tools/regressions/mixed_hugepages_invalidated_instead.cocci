// SPDX-License-Identifier: GPL-2.0-only
// Name: mixed_hugepages_invalidated_instead
// Class: RACE
// Origin: plausible inversion
// A user would see: a vCPU maps a hugepage over a page that is just being made private
// Observable: yes, with a conversion made to last: pages_2m is not 0 after it
// First: race window.head_of_2M.fault_during_conversion
// File: arch/x86/kvm/mmu/mmu.c
@@
expression E;
@@
kvm_arch_pre_set_memory_attributes(...)
{
<...
- !hugepage_test_mixed(slot, E, level)
+ hugepage_test_mixed(slot, E, level)
...>
}
