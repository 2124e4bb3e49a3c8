// SPDX-License-Identifier: GPL-2.0-only
// Name: only_first_page_cleared
// Class: UNSAFE
// First: huge_private huge_private.memslot_created_again.as_written
// Origin: page 0 alone is cleared in kvm_gmem_get_pfn() of released kernels
// A user would see: memory of somebody else in a new guest
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
+ i < 1
...>
}
