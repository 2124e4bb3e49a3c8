// SPDX-License-Identifier: GPL-2.0-only
// Name: order_within_binding_exclusive
// Class: PERF
// First: huge_private huge_private.first_page_touched.as_written
// Origin: plausible
// A user would see: 4K leaves in the last hugepage of each memslot
// Observable: yes: leaves or contents are not the model's
// File: virt/kvm/guest_memfd.c
// Needs: huge_guest_memfd
@@
expression first, start, slot;
@@
kvm_gmem_max_order(...)
{
<...
- first + GMEM_LARGE_PAGES > start + slot->npages
+ first + GMEM_LARGE_PAGES >= start + slot->npages
...>
}
