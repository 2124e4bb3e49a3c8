// SPDX-License-Identifier: GPL-2.0-only
// Name: exit_not_prepared
// Class: ERR
// Origin: plausible
// A user would see: KVM_RUN fails with EFAULT without telling why
// Observable: yes: exit reason
// File: arch/x86/kvm/mmu/mmu.c
@@
@@
- kvm_mmu_prepare_memory_fault_exit(vcpu, fault)
+ (void)fault
