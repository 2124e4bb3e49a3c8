// SPDX-License-Identifier: GPL-2.0-only
// Name: largest_ring_told_in_entries
// Class: ERR
// Origin: held out
// A user would see: rings are a sixteenth of what they could be
// Observable: yes: twice the largest ring is not refused
// First: capability of_vm.default_type.rings
// File: virt/kvm/kvm_main.c
@@
@@
kvm_vm_ioctl_check_extension_generic(...)
{
<...
- KVM_DIRTY_RING_MAX_ENTRIES * sizeof(struct kvm_dirty_gfn)
+ KVM_DIRTY_RING_MAX_ENTRIES
...>
}
