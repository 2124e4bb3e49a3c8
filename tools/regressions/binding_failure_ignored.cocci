// SPDX-License-Identifier: GPL-2.0-only
// Name: binding_failure_ignored
// Class: ERR
// First: pressure pressure.memslot_creation_with_guest_memfd.slab_allocations_fail
// Origin: as shipped up to 7.2; catalogue D7
// A user would see: a hole in guest_memfd leaves the page mapped, which somebody else gets
// Observable: yes, where allocations can be made to fail
// File: virt/kvm/guest_memfd.c
// Needs: failslab
@@
@@
kvm_gmem_commit_memory_region(...)
{
<...
 r = xa_err(xa_store_range(&f->bindings, start, end - 1, slot, GFP_KERNEL));
+ r = 0;
...>
}
