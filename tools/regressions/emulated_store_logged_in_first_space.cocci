// SPDX-License-Identifier: GPL-2.0-only
// Name: emulated_store_logged_in_first_space
// Class: ERR
// Origin: held out
// A user would see: what KVM writes for a guest in system management mode is missing in the log
// Observable: yes: the dirty log of the other address space has the page
// First: smm two_spaces.hugepages.store_by_kvm_is_logged_where_it_goes
// File: virt/kvm/kvm_main.c
@@
identifier kvm, memslot, gfn;
@@
__kvm_write_guest_page(struct kvm *kvm, ..., gfn_t gfn, ...)
{
<...
- mark_page_dirty_in_slot(kvm, memslot, gfn);
+ mark_page_dirty(kvm, gfn);
...>
}
