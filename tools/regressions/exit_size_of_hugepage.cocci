// SPDX-License-Identifier: GPL-2.0-only
// Name: exit_size_of_hugepage
// Class: ERR
// Origin: plausible
// A user would see: KVM_EXIT_MEMORY_FAULT asks to convert 2M
// Observable: yes: size
// File: arch/x86/kvm/mmu/mmu.c
@@
@@
- kvm_mmu_prepare_memory_fault_exit(vcpu, fault)
+ kvm_prepare_memory_fault_exit(vcpu, fault->gfn << PAGE_SHIFT, KVM_HPAGE_SIZE(PG_LEVEL_2M), fault->write, fault->exec, fault->is_private)
