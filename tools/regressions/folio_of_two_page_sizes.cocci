// SPDX-License-Identifier: GPL-2.0-only
// Name: folio_of_two_page_sizes
// Class: UNSAFE
// First: huge_private huge_private.last_page_touched.as_written
// Origin: plausible
// A user would see: a file whose pages are not where they should be
// Observable: yes: leaves or contents are not the model's
// File: virt/kvm/guest_memfd.c
// Needs: huge_guest_memfd
// Afterwards: reboot; the page cache may be broken
@@
expression index;
@@
kvm_gmem_add_large_folio(...)
{
<...
- pgoff_t first = round_down(index, GMEM_LARGE_PAGES);
+ pgoff_t first = round_down(index, GMEM_LARGE_PAGES / 2);
...>
}
