// SPDX-License-Identifier: GPL-2.0-only
// Name: hole_zeroes_only_one_page
// Class: UNSAFE
// First: huge_private huge_private.hole_of_all_but_first.as_written
// Origin: plausible
// A user would see: old contents in a hole, but for its first page
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
+ folio_zero_range(folio, a, PAGE_SIZE);
...>
}
