// SPDX-License-Identifier: GPL-2.0-only
// Name: only_first_page_reserved
// Class: ERR
// Origin: plausible
// A user would see: the VM is dead (EIO) after a conversion of many pages that ran out of memory
// Observable: yes, where allocations can be made to fail
// File: virt/kvm/kvm_main.c
// Needs: failslab
@@
@@
kvm_vm_set_mem_attributes(...)
{
<...
- r = xa_reserve(&kvm->mem_attr_array, i, GFP_KERNEL_ACCOUNT);
+ r = i == start ? xa_reserve(&kvm->mem_attr_array, i, GFP_KERNEL_ACCOUNT) : 0;
...>
}
