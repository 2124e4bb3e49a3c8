// SPDX-License-Identifier: GPL-2.0-only
// Name: in_place_clears_contents
// Class: ERR
// First: in_place in_place.shared_at_first.conversion_takes_just_its_leaves
// Origin: plausible
// A user would see: a conversion in place loses the data
// Observable: yes, in a VM whose memory nothing encrypts: contents
// File: virt/kvm/guest_memfd.c
// Needs: gmem_attributes
@@
expression inode, start, end, private;
@@
kvm_gmem_convert(...)
{
<...
kvm_gmem_store(inode, start, end, private);
+ truncate_inode_pages_range(inode->i_mapping, start * PAGE_SIZE, end * PAGE_SIZE - 1);
...>
}
