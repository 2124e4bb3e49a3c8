// SPDX-License-Identifier: GPL-2.0-only
// Name: in_place_zaps_first_memslot_only
// Class: UNSAFE
// First: in_place two_memslots.conversion_takes_leaves_of_both
// Origin: plausible
// A user would see: the guest goes on using as shared what became private, where a file has two memslots
// Observable: yes: leaves stay in the second memslot
// File: virt/kvm/guest_memfd.c
// Needs: gmem_attributes
@@
iterator name xa_for_each_range;
identifier range;
@@
__kvm_gmem_invalidate_start(...)
{
<...
flush |= kvm_mmu_unmap_gfn_range(kvm, &range);
+ break;
...>
}
