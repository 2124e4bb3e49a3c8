// SPDX-License-Identifier: GPL-2.0-only
// Name: host_maps_start_of_folio
// Class: UNSAFE
// First: huge_private host_mapping.from_last.shows_each_page
// Origin: plausible
// A user would see: all pages of a hugepage seem to be one, where the host maps them
// Observable: yes: leaves or contents are not the model's
// File: virt/kvm/guest_memfd.c
// Needs: huge_guest_memfd
@@
expression vmf, folio;
@@
kvm_gmem_fault_user_mapping(...)
{
<...
- vmf->page = folio_file_page(folio, vmf->pgoff);
+ vmf->page = folio_page(folio, 0);
...>
}
