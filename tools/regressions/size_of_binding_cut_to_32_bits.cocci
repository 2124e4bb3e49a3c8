// SPDX-License-Identifier: GPL-2.0-only
// Name: size_of_binding_cut_to_32_bits
// Class: ERR
// First: refusal refusal.memslot_creation
// Origin: held out
// A user would see: a memslot of 4G over a small guest_memfd, whose private pages are out of reach
// Observable: yes: no EINVAL
// File: virt/kvm/guest_memfd.c
@@
identifier size, slot;
@@
kvm_gmem_prepare_memory_region(..., struct kvm_memory_slot *slot, ...)
{
...
- uoff_t size = slot->npages << PAGE_SHIFT;
+ unsigned int size = slot->npages << PAGE_SHIFT;
...
}
