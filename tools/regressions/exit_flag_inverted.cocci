// SPDX-License-Identifier: GPL-2.0-only
// Name: exit_flag_inverted
// Class: ERR
// Origin: plausible
// A user would see: KVM_EXIT_MEMORY_FAULT tells what the page is not
// Observable: yes: flags
// File: arch/x86/kvm/mmu/mmu.c
@@
@@
- kvm_mmu_prepare_memory_fault_exit(vcpu, fault)
+ kvm_prepare_memory_fault_exit(vcpu, fault->gfn << PAGE_SHIFT, PAGE_SIZE, fault->write, fault->exec, !fault->is_private)
