// SPDX-License-Identifier: GPL-2.0-only
// Name: unaligned_size_accepted
// Class: ERR
// First: attributes attributes.unaligned_size.errno_and_no_change
// Origin: plausible; catalogue H
// A user would see: KVM_SET_MEMORY_ATTRIBUTES takes a size of part of a page
// Observable: yes: 0 instead of EINVAL
// File: virt/kvm/kvm_main.c
@@
@@
kvm_vm_ioctl_set_mem_attributes(...)
{
...
if (attrs->flags)
	return -EINVAL;
+ attrs->size = PAGE_ALIGN(attrs->size);
...
}
