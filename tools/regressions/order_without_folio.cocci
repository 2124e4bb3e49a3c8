// SPDX-License-Identifier: GPL-2.0-only
// Name: order_without_folio
// Class: UNSAFE
// First: huge_private huge_private.page_reserved.as_written
// Origin: plausible
// A user would see: a guest that reads and writes memory that is not its own
// Observable: yes: leaves or contents are not the model's
// File: virt/kvm/guest_memfd.c
// Needs: huge_guest_memfd
@@
expression folio;
@@
kvm_gmem_max_order(...)
{
<...
- if (folio_order(folio) < GMEM_LARGE_ORDER || folio_contain_hwpoisoned_page(folio))
-   return 0;
...>
}
