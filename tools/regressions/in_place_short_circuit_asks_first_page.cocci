// SPDX-License-Identifier: GPL-2.0-only
// Name: in_place_short_circuit_asks_first_page
// Class: UNSAFE
// First: in_place in_place.shared_at_first.conversion_of_mixed_pages
// Origin: plausible
// A user would see: a range whose first page is private already does not become so
// Observable: yes: the host reaches it, or does not
// File: virt/kvm/guest_memfd.c
// Needs: gmem_attributes
@@
expression inode, start, end, private;
@@
kvm_gmem_convert(...)
{
<...
- kvm_gmem_range_is(inode, start, end, private)
+ kvm_gmem_range_is(inode, start, start + 1, private)
...>
}
