// SPDX-License-Identifier: GPL-2.0-only
// Name: last_page_of_memslot_not_noticed
// Class: UNSAFE
// First: memslot memslot.ends_dropped_by_host
// Origin: held out
// A user would see: a guest that goes on with a page which the host has taken away, at the end of a memslot
// Observable: yes: the leaf stays
// File: virt/kvm/kvm_main.c
@@
expression new;
@@
kvm_replace_memslot(...)
{
<...
- new->userspace_addr + (new->npages << PAGE_SHIFT) - 1
+ new->userspace_addr + ((new->npages - 1) << PAGE_SHIFT) - 1
...>
}
