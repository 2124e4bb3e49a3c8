// SPDX-License-Identifier: GPL-2.0-only
// Name: prefault_steps_by_level_asked_for
// Class: PERF
// First: nx_hugepage nx_hugepage.prefaulted_after_execution.forced
// Origin: held out
// A user would see: KVM_PRE_FAULT_MEMORY that maps one page of 512 where the guest has executed
// Observable: yes: one leaf of 4K in place of 512
// File: arch/x86/kvm/mmu/mmu.c
@@
expression level;
identifier fault;
@@
kvm_mmu_do_page_fault(...)
{
<...
- *level = fault.goal_level;
+ *level = fault.req_level;
...>
}
