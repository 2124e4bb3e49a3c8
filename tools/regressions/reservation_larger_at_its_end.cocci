// SPDX-License-Identifier: GPL-2.0-only
// Name: reservation_larger_at_its_end
// Class: PERF
// First: huge_private huge_private.parts_of_two_hugepages_reserved.as_written
// Origin: plausible
// A user would see: more memory reserved than was asked for
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
+ kvm_gmem_get_folio(inode, index, IS_ALIGNED(index, GMEM_LARGE_PAGES))
...>
}
