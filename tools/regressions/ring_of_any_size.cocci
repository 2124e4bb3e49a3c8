// SPDX-License-Identifier: GPL-2.0-only
// Name: ring_of_any_size
// Class: UNSAFE
// Origin: held out
// A user would see: dirty pages that the ring loses, as it goes round by a mask
// Observable: yes: a size is not refused
// First: capability of_vm.default_type.rings
// File: virt/kvm/kvm_main.c
@@
identifier size;
@@
kvm_vm_ioctl_enable_dirty_log_ring(...)
{
<...
- !size || (size & (size - 1))
+ !size
...>
}
