// SPDX-License-Identifier: GPL-2.0-only
// Name: reserved_as_single_pages
// Class: PERF
// First: huge_private huge_private.hugepages_reserved.as_written
// Origin: plausible
// A user would see: 4K leaves where memory was reserved
// Observable: yes: leaves or contents are not the model's
// File: virt/kvm/guest_memfd.c
// Needs: huge_guest_memfd
@@
expression inode, index, end;
@@
kvm_gmem_allocate(...)
{
<...
- kvm_gmem_get_folio(inode, index, IS_ALIGNED(index, GMEM_LARGE_PAGES) && index + GMEM_LARGE_PAGES <= end)
+ kvm_gmem_get_folio(inode, index, false)
...>
}
