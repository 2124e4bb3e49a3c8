// SPDX-License-Identifier: GPL-2.0-only
// Name: flags_accepted
// Class: ERR
// Origin: plausible; catalogue H
// A user would see: KVM_SET_MEMORY_ATTRIBUTES takes flags that it does not know
// Observable: yes: 0 instead of EINVAL
// First: attributes attributes.flag_bit_0.errno_and_no_change
// File: virt/kvm/kvm_main.c
@@
@@
kvm_vm_ioctl_set_mem_attributes(...)
{
...
- if (attrs->flags)
-	return -EINVAL;
...
}
