// SPDX-License-Identifier: GPL-2.0-only
// Name: prefault_steps_by_whole_hugepages
// Class: PERF
// First: memslot memslot.prefaulted_from_within_hugepage
// Origin: held out
// A user would see: memory at the end of a range that was pre-faulted and faults all the same
// Observable: yes: its last hugepage has no leaf, if it begins within another one
// File: arch/x86/kvm/mmu/mmu.c
@@
expression range, level;
@@
kvm_arch_vcpu_pre_fault_memory(...)
{
<...
- (range->gpa & KVM_HPAGE_MASK(level)) + KVM_HPAGE_SIZE(level)
+ range->gpa + KVM_HPAGE_SIZE(level)
...>
}
