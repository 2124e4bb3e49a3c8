// SPDX-License-Identifier: GPL-2.0-only
// Name: end_of_hole_forgotten
// Class: UNSAFE
// First: huge_private huge_private.hole_of_hugepage_and_page.as_written
// Origin: plausible
// A user would see: old contents at the end of a hole
// Observable: yes: leaves or contents are not the model's
// File: virt/kvm/guest_memfd.c
// Needs: huge_guest_memfd
@@
@@
kvm_gmem_punch_hole(...)
{
<...
- kvm_gmem_remove_part(inode->i_mapping, last, end);
...>
}
