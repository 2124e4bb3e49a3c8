// SPDX-License-Identifier: GPL-2.0-only
// Name: head_hugepage_not_invalidated
// Class: RACE
// Origin: plausible
// A user would see: a vCPU maps a hugepage over the beginning of what is just being made private
// Observable: yes, with a conversion made to last: pages_2m is not 0 after it
// First: race window.head_of_2M.fault_during_conversion
// File: arch/x86/kvm/mmu/mmu.c
@@
expression E;
@@
kvm_arch_pre_set_memory_attributes(...)
{
<...
- if (E)
-	kvm_mmu_invalidate_range_add(kvm, start, start + nr_pages);
...>
}
