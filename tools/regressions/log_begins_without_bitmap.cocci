// SPDX-License-Identifier: GPL-2.0-only
// Name: log_begins_without_bitmap
// Class: ERR
// Origin: plausible
// A user would see: KVM logs nothing of a memslot, and does not say that it had no memory for that
// Observable: yes: KVM_GET_DIRTY_LOG
// First: pressure pressure.log_begins.slab_allocations_fail
// File: virt/kvm/kvm_main.c
@@
expression new;
identifier r;
@@
kvm_prepare_memory_region(...)
{
<...
r = kvm_alloc_dirty_bitmap(new);
- if (r)
-	return r;
...>
}
