// SPDX-License-Identifier: GPL-2.0-only
// Name: hole_ends_with_first_single_page
// Class: UNSAFE
// First: huge_private huge_private.page_reserved.as_written
// Origin: plausible
// A user would see: old contents in all but the first page of a hole
// Observable: yes: leaves or contents are not the model's
// File: virt/kvm/guest_memfd.c
// Needs: huge_guest_memfd
@@
expression mapping, index, E;
@@
kvm_gmem_remove_part(...)
{
<...
- if (E)
-   break;
  kvm_gmem_remove(mapping, index, index + 1);
+ break;
...>
}
