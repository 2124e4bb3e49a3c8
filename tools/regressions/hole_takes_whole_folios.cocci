// SPDX-License-Identifier: GPL-2.0-only
// Name: hole_takes_whole_folios
// Class: UNSAFE
// First: huge_private huge_private.hole_of_first_page.as_written
// Origin: plausible
// A user would see: data lost around a hole
// Observable: yes: leaves or contents are not the model's
// File: virt/kvm/guest_memfd.c
// Needs: huge_guest_memfd
@@
expression mapping, start, end, first, last;
@@
kvm_gmem_punch_hole(...)
{
<...
- kvm_gmem_remove_part(mapping, start, first);
- kvm_gmem_remove(mapping, first, last);
- kvm_gmem_remove_part(mapping, last, end);
+ kvm_gmem_remove(mapping, round_down(start, GMEM_LARGE_PAGES), round_up(end, GMEM_LARGE_PAGES));
...>
}
