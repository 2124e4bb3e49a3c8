// SPDX-License-Identifier: GPL-2.0-only
// Name: in_place_last_page_not_stored
// Class: UNSAFE
// First: in_place in_place.shared_at_first.conversion_takes_just_its_leaves
// Origin: plausible off by one
// A user would see: the last page of a conversion stays what it was
// Observable: yes: the host reaches it, or does not
// File: virt/kvm/guest_memfd.c
// Needs: gmem_attributes
@@
expression inode, start, end, private;
@@
kvm_gmem_convert(...)
{
<...
- kvm_gmem_store(inode, start, end, private);
+ kvm_gmem_store(inode, start, end - 1, private);
...>
}
