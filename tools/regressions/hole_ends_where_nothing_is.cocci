// SPDX-License-Identifier: GPL-2.0-only
// Name: hole_ends_where_nothing_is
// Class: UNSAFE
// First: huge_private huge_private.hole_where_pages_are_missing.as_written
// Origin: plausible
// A user would see: old contents behind the first missing page of a hole
// Observable: yes: leaves or contents are not the model's
// File: virt/kvm/guest_memfd.c
// Needs: huge_guest_memfd
@@
expression folio;
@@
kvm_gmem_remove_part(...)
{
<...
  if (IS_ERR(folio))
-   continue;
+   break;
...>
}
