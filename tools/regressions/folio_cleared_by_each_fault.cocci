// SPDX-License-Identifier: GPL-2.0-only
// Name: folio_cleared_by_each_fault
// Class: UNSAFE
// First: huge_private huge_private.page_converted_and_back.as_written
// Origin: plausible
// A user would see: private memory that is zero again after a conversion beside it
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
+ if (folio_test_uptodate(folio) && !folio_test_large(folio))
    return;
...>
}
