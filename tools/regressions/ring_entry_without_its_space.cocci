// SPDX-License-Identifier: GPL-2.0-only
// Name: ring_entry_without_its_space
// Class: ERR
// Origin: held out
// A user would see: a page of the wrong memslot in a dirty ring, when a vCPU writes in system management mode
// Observable: yes: the number of the memslot
// First: smm two_spaces.pages.ring_tells_them_apart
// File: virt/kvm/kvm_main.c
@@
expression memslot;
@@
mark_page_dirty_in_slot(...)
{
<...
- (memslot->as_id << 16) | memslot->id
+ memslot->id
...>
}
