// SPDX-License-Identifier: GPL-2.0-only
// Name: folio_counts_as_clear
// Class: UNSAFE
// First: huge_private huge_private.memslot_created_again.as_written
// Origin: plausible
// A user would see: memory of somebody else in a new guest
// Observable: yes: leaves or contents are not the model's
// File: virt/kvm/guest_memfd.c
// Needs: huge_guest_memfd
@@
expression folio;
@@
kvm_gmem_make_uptodate(...)
{
<...
- if (folio_test_uptodate(folio))
+ if (folio_test_uptodate(folio) || folio_test_large(folio))
    return;
...>
}
