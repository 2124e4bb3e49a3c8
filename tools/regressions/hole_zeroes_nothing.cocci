// SPDX-License-Identifier: GPL-2.0-only
// Name: hole_zeroes_nothing
// Class: UNSAFE
// First: huge_private huge_private.hole_of_first_page.as_written
// Origin: truncate_inode_pages_range() zeroes nothing in an inaccessible mapping
// A user would see: old contents after a hole in a part of a hugepage
// Observable: yes: leaves or contents are not the model's
// File: virt/kvm/guest_memfd.c
// Needs: huge_guest_memfd
@@
expression a, b, folio;
@@
kvm_gmem_remove_part(...)
{
<...
- folio_zero_range(folio, a, b);
+ ;
...>
}
