// SPDX-License-Identifier: GPL-2.0-only
// Name: last_page_of_folio_not_cleared
// Class: UNSAFE
// First: huge_private huge_private.memslot_created_again.as_written
// Origin: plausible
// A user would see: memory of somebody else in the last page of a hugepage
// Observable: yes: leaves or contents are not the model's
// File: virt/kvm/guest_memfd.c
// Needs: huge_guest_memfd
@@
expression folio, i;
@@
kvm_gmem_make_uptodate(...)
{
<...
- i < folio_nr_pages(folio)
+ i < folio_nr_pages(folio) - folio_test_large(folio)
...>
}
