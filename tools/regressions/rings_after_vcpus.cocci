// SPDX-License-Identifier: GPL-2.0-only
// Name: rings_after_vcpus
// Class: OOB
// Origin: held out
// A user would see: a vCPU without a ring logs into one
// Observable: yes: a ring is not refused
// First: capability of_vm.default_type.rings
// File: virt/kvm/kvm_main.c
@@
expression kvm;
@@
kvm_vm_ioctl_enable_dirty_log_ring(...)
{
<...
- kvm->created_vcpus
+ 0
...>
}
