// SPDX-License-Identifier: GPL-2.0-only
// Name: refused_vcpu_counts
// Class: ERR
// Origin: held out
// A user would see: no dirty rings, though the VM has no vCPU
// Observable: yes: errno of KVM_ENABLE_CAP
// First: refusal global.refused_vcpu_counts_for_nothing
// File: virt/kvm/kvm_main.c
@@
expression kvm, id;
identifier r;
@@
kvm_vm_ioctl_create_vcpu(...)
{
<...
+ kvm->created_vcpus++;
 r = kvm_arch_vcpu_precreate(kvm, id);
...
- kvm->created_vcpus++;
...>
}
