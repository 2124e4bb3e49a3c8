// SPDX-License-Identifier: GPL-2.0-only
// Name: refused_vcpu_holds_its_vm
// Class: UNSAFE
// Origin: held out
// A user would see: a VM that never goes, with all its memory, when a process had no file left for a vCPU
// Observable: yes: SecPageTables
// Afterwards: reboot
// First: lifetime global.end_after_vcpu_was_refused
// File: virt/kvm/kvm_main.c
@@
expression kvm;
@@
kvm_vm_ioctl_create_vcpu(...)
{
<...
- kvm_put_kvm_no_destroy(kvm);
...>
}
