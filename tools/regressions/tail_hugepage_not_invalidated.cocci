// SPDX-License-Identifier: GPL-2.0-only
// Name: tail_hugepage_not_invalidated
// Class: RACE
// Origin: first version of commit 9129633d568e lacked parts of it; catalogue M27c
// A user would see: a vCPU maps a hugepage over the end of what is just being made private
// Observable: yes, with a conversion made to last: pages_2m is not 0 after it
// First: race window.tail_of_2M.fault_during_conversion
// File: arch/x86/kvm/mmu/mmu.c
@@
expression E;
@@
kvm_arch_pre_set_memory_attributes(...)
{
<...
- if (E)
-	kvm_mmu_invalidate_range_add(kvm, end, end + nr_pages);
...>
}
