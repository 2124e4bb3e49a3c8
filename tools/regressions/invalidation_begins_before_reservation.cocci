// SPDX-License-Identifier: GPL-2.0-only
// Name: invalidation_begins_before_reservation
// Class: ERR
// Origin: plausible
// A user would see: no vCPU can fault in anything any more after a conversion that said ENOMEM
// Observable: yes, where allocations can be made to fail
// First: pressure pressure.conversion_to_private.slab_allocations_fail
// File: virt/kvm/kvm_main.c
// Needs: failslab
@@
statement S;
expression E;
@@
kvm_vm_set_mem_attributes(...)
{
...
+ kvm_handle_gfn_range(kvm, &pre_set_range);
 for (i = start; E; i++) S
- kvm_handle_gfn_range(kvm, &pre_set_range);
...
}
