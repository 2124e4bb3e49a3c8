// SPDX-License-Identifier: GPL-2.0-only
// Name: rings_reset_where_there_are_none
// Class: ERR
// Origin: generated
// A user would see: a program that believes to log into rings is not told that it does not
// Observable: yes: no EINVAL
// First: refusal refusal.reset_without_rings
// File: virt/kvm/kvm_main.c
@@
identifier kvm;
@@
kvm_vm_ioctl_reset_dirty_pages(...)
{
<...
  if (!kvm->dirty_ring_size)
- 	return -EINVAL;
+ 	return 0;
...>
}
