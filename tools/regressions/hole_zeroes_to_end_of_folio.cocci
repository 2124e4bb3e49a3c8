// SPDX-License-Identifier: GPL-2.0-only
// Name: hole_zeroes_to_end_of_folio
// Class: UNSAFE
// First: huge_private huge_private.hole_of_first_page.as_written
// Origin: plausible
// A user would see: data lost behind a hole
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
+ folio_zero_range(folio, a, folio_size(folio) - (a));
...>
}
