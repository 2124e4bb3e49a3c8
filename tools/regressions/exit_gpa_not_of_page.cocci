// SPDX-License-Identifier: GPL-2.0-only
// Name: exit_gpa_not_of_page
// Class: ERR
// Origin: plausible
// A user would see: KVM_EXIT_MEMORY_FAULT has the address of the access, not of the page
// Observable: yes: gpa is not aligned where the access is not; no test touches anything but the start of a page except executions
// File: arch/x86/kvm/mmu/mmu.c
@@
@@
- kvm_mmu_prepare_memory_fault_exit(vcpu, fault)
+ kvm_prepare_memory_fault_exit(vcpu, fault->addr | 8, PAGE_SIZE, fault->write, fault->exec, fault->is_private)
