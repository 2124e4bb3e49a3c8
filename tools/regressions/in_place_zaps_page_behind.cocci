// SPDX-License-Identifier: GPL-2.0-only
// Name: in_place_zaps_page_behind
// Class: PERF
// First: in_place in_place.shared_at_first.conversion_takes_just_its_leaves
// Origin: plausible off by one
// A user would see: each conversion costs the next page its mapping
// Observable: yes: a leaf is gone
// File: virt/kvm/guest_memfd.c
// Needs: gmem_attributes
@@
expression inode, start, end;
@@
kvm_gmem_convert(...)
{
<...
- kvm_gmem_invalidate_start(inode, start, end);
+ kvm_gmem_invalidate_start(inode, start, end + 1);
...
- kvm_gmem_invalidate_end(inode, start, end);
+ kvm_gmem_invalidate_end(inode, start, end + 1);
...>
}
