// SPDX-License-Identifier: GPL-2.0-only
// Name: nothing_reserved
// Class: ERR
// Origin: v10 to v11, found by Isaku Yamahata on 28 Jun 2023; catalogue M38
// A user would see: the VM is dead (EIO) after a conversion that failed for lack of memory
// Observable: yes, where allocations can be made to fail
// First: pressure pressure.conversion_to_private.slab_allocations_fail
// File: virt/kvm/kvm_main.c
// Needs: failslab
@@
@@
kvm_vm_set_mem_attributes(...)
{
<...
- r = xa_reserve(&kvm->mem_attr_array, i, GFP_KERNEL_ACCOUNT);
+ r = 0;
...>
}
