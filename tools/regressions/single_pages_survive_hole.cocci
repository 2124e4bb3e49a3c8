// SPDX-License-Identifier: GPL-2.0-only
// Name: single_pages_survive_hole
// Class: UNSAFE
// First: huge_private huge_private.page_reserved.as_written
// Origin: plausible
// A user would see: old contents after a hole among single pages
// Observable: yes: leaves or contents are not the model's
// File: virt/kvm/guest_memfd.c
// Needs: huge_guest_memfd
@@
expression mapping, index;
@@
kvm_gmem_remove_part(...)
{
<...
- kvm_gmem_remove(mapping, index, index + 1);
...>
}
