// SPDX-License-Identifier: GPL-2.0-only
// Name: held_first_page_becomes_private
// Class: UNSAFE
// First: in_place in_place.shared_at_first.held_page_stays_shared
// Origin: plausible off by one
// A user would see: a pipe, or a device, reads and writes a page that is private
// Observable: yes: no EAGAIN
// File: virt/kvm/guest_memfd.c
// Needs: gmem_attributes
@@
expression inode, start, end;
@@
kvm_gmem_convert(...)
{
<...
- kvm_gmem_first_held(inode, start, end)
+ kvm_gmem_first_held(inode, start + 1, end)
...>
}
