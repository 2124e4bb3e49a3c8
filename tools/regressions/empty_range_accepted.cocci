// SPDX-License-Identifier: GPL-2.0-only
// Name: empty_range_accepted
// Class: ERR
// Origin: plausible; catalogue H
// A user would see: KVM_SET_MEMORY_ATTRIBUTES takes size 0
// Observable: yes: 0 instead of EINVAL
// File: virt/kvm/kvm_main.c
@@
expression E;
@@
kvm_vm_ioctl_set_mem_attributes(...)
{
<...
- attrs->size == 0 || E
+ E
...>
}
