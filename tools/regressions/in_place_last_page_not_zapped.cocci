// SPDX-License-Identifier: GPL-2.0-only
// Name: in_place_last_page_not_zapped
// Class: UNSAFE
// First: in_place in_place.shared_at_first.conversion_takes_just_its_leaves
// Origin: plausible off by one
// A user would see: the last page of a conversion stays mapped
// Observable: yes: a leaf stays
// File: virt/kvm/guest_memfd.c
// Needs: gmem_attributes
@@
expression inode, start, end;
@@
kvm_gmem_convert(...)
{
<...
- kvm_gmem_invalidate_start(inode, start, end);
+ kvm_gmem_invalidate_start(inode, start, max(start + 1, end - 1));
...>
}
