// SPDX-License-Identifier: GPL-2.0-only
// Name: reservation_skips_hugepages
// Class: PERF
// First: huge_private huge_private.pages_reserved.as_written
// Origin: plausible
// A user would see: memory missing that was reserved
// Observable: yes: leaves or contents are not the model's
// File: virt/kvm/guest_memfd.c
// Needs: huge_guest_memfd
@@
@@
kvm_gmem_allocate(...)
{
<...
- index = folio_next_index(folio);
+ index = round_down(folio->index, GMEM_LARGE_PAGES) + GMEM_LARGE_PAGES;
...>
}
