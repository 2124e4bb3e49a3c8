// SPDX-License-Identifier: GPL-2.0-only
// Name: held_page_costs_leaves
// Class: PERF
// First: in_place in_place.shared_at_first.held_page_stays_shared
// Origin: plausible
// A user would see: a conversion that is refused and tried again costs mappings each time
// Observable: yes: leaves go though nothing changes
// File: virt/kvm/guest_memfd.c
// Needs: gmem_attributes
@@
expression a, b, c, d;
@@
kvm_gmem_convert(...)
{
<...
+ kvm_gmem_invalidate_start(inode, start, end);
+ kvm_gmem_invalidate_end(inode, start, end);
unmap_mapping_pages(a, b, c, d);
...>
}
