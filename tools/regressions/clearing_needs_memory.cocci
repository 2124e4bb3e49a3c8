// SPDX-License-Identifier: GPL-2.0-only
// Name: clearing_needs_memory
// Class: ERR
// First: pressure pressure.conversion_to_shared.slab_allocations_fail
// Origin: 6.12.95 as shipped; catalogue M37, D2
// A user would see: a conversion to shared fails with ENOMEM
// Observable: yes, where allocations can be made to fail
// File: virt/kvm/kvm_main.c
// Needs: failslab
@@
statement S;
@@
kvm_vm_set_mem_attributes(...)
{
<...
for (i = start;
- entry && i < end
+ i < end
 ; i++) S
...>
}
