// SPDX-License-Identifier: GPL-2.0-only
// Name: order_without_binding
// Class: EQUIVALENT
// Origin: plausible
// A user would see: nothing: where gfns and offset agree, the memslot ends where its binding does
// Observable: no: lpage_info disallows hugepages that reach beyond the memslot
// File: virt/kvm/guest_memfd.c
// Needs: huge_guest_memfd
@@
expression first, start, slot;
@@
kvm_gmem_max_order(...)
{
<...
- if (first < start || first + GMEM_LARGE_PAGES > start + slot->npages)
-   return 0;
...>
}
