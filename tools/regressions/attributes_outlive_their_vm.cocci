// SPDX-License-Identifier: GPL-2.0-only
// Name: attributes_outlive_their_vm
// Class: UNSAFE
// Origin: held out
// A user would see: each VM with private memory costs the host 9 bytes for each page for good
// Observable: yes: slabs grow
// First: memory_back left_behind.by_attributes
// File: virt/kvm/kvm_main.c
@@
identifier kvm;
@@
kvm_destroy_vm(struct kvm *kvm)
{
<...
- xa_destroy(&kvm->mem_attr_array);
...>
}
