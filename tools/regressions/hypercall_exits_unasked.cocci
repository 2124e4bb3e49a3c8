// SPDX-License-Identifier: GPL-2.0-only
// Name: hypercall_exits_unasked
// Class: ERR
// Origin: held out
// A user would see: exits that the VMM of a guest has not asked for and does not know
// Observable: yes: the hypercall leaves
// First: hypercall global.hypercall_of_vm_that_has_no_exit
// File: arch/x86/kvm/x86.c
@@
expression vcpu;
@@
(
- !user_exit_on_hypercall(vcpu->kvm, KVM_HC_MAP_GPA_RANGE)
+ 0
|
- !(vcpu->kvm->arch.hypercall_exit_enabled & (1 << KVM_HC_MAP_GPA_RANGE))
+ 0
)
