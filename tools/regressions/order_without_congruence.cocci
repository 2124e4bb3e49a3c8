// SPDX-License-Identifier: GPL-2.0-only
// Name: order_without_congruence
// Class: UNSAFE
// First: huge_private huge_private.offset_misaligned_by_page.as_written
// Origin: plausible
// A user would see: a guest that sees other pages of its private memory than it wrote
// Observable: yes: leaves or contents are not the model's
// File: virt/kvm/guest_memfd.c
// Needs: huge_guest_memfd
@@
expression slot, start;
@@
kvm_gmem_max_order(...)
{
<...
- if ((slot->base_gfn ^ start) & (GMEM_LARGE_PAGES - 1))
-   return 0;
...>
}
