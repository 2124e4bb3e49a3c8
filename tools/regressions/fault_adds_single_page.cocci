// SPDX-License-Identifier: GPL-2.0-only
// Name: fault_adds_single_page
// Class: PERF
// First: known_faults known_trait.guest_memfd_is_mapped_small.holds
// Origin: plausible
// A user would see: private memory is never huge
// Observable: yes: leaves or contents are not the model's
// File: virt/kvm/guest_memfd.c
// Needs: huge_guest_memfd
@@
@@
__kvm_gmem_get_pfn(...)
{
<...
- kvm_gmem_get_folio(file_inode(file), index, true)
+ kvm_gmem_get_folio(file_inode(file), index, false)
...>
}
