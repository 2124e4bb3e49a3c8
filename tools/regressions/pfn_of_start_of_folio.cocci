// SPDX-License-Identifier: GPL-2.0-only
// Name: pfn_of_start_of_folio
// Class: UNSAFE
// First: huge_private huge_private.page_converted_and_back.as_written
// Origin: plausible
// A user would see: all pages of a hugepage seem to be one, where they are mapped small
// Observable: yes: leaves or contents are not the model's
// File: virt/kvm/guest_memfd.c
// Needs: huge_guest_memfd
@@
expression folio, index;
@@
folio_file_pfn(...)
{
- return folio_pfn(folio) + (index & (folio_nr_pages(folio) - 1));
+ return folio_pfn(folio);
}
