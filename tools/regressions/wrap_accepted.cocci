// SPDX-License-Identifier: GPL-2.0-only
// Name: wrap_accepted
// Class: ERR
// Origin: plausible; catalogue H
// A user would see: KVM_SET_MEMORY_ATTRIBUTES takes a range that ends before it begins
// Observable: yes: 0 instead of EINVAL
// First: attributes attributes.wrap_around.errno_and_no_change
// File: virt/kvm/kvm_main.c
@@
expression E;
@@
kvm_vm_ioctl_set_mem_attributes(...)
{
<...
- attrs->size == 0 || E
+ attrs->size == 0
...>
}
