// SPDX-License-Identifier: GPL-2.0-only
// Name: hole_spares_its_last_page
// Class: UNSAFE
// First: huge_private huge_private.hole_of_first_page.as_written
// Origin: plausible
// A user would see: old contents in the last page of a hole
// Observable: yes: leaves or contents are not the model's
// File: virt/kvm/guest_memfd.c
// Needs: huge_guest_memfd
@@
expression a, folio, end, index;
@@
kvm_gmem_remove_part(...)
{
<...
- folio_zero_range(folio, a, (end - index) << PAGE_SHIFT);
+ folio_zero_range(folio, a, (end - index - 1) << PAGE_SHIFT);
...>
}
