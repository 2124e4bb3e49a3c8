// SPDX-License-Identifier: GPL-2.0-only
// Name: child_may_run_vcpu
// Class: UNSAFE
// Origin: held out
// A user would see: a child that runs a vCPU has its own pages mapped for the guest
// Observable: yes: KVM_RUN is not refused
// First: capability of_vm.default_type.child_may_not_run_vcpu
// File: virt/kvm/kvm_main.c
@@
expression vcpu;
@@
kvm_vcpu_ioctl(...)
{
<...
- vcpu->kvm->mm != current->mm || vcpu->kvm->vm_dead
+ vcpu->kvm->vm_dead
...>
}
