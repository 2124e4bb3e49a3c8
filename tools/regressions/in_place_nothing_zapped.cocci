// SPDX-License-Identifier: GPL-2.0-only
// Name: in_place_nothing_zapped
// Class: UNSAFE
// First: in_place in_place.shared_at_first.conversion_takes_just_its_leaves
// Origin: plausible
// A user would see: the guest goes on using memory as it was before the conversion
// Observable: yes: leaves stay
// File: virt/kvm/guest_memfd.c
// Needs: gmem_attributes
@@
expression inode, start, end;
@@
kvm_gmem_convert(...)
{
<...
- kvm_gmem_invalidate_start(inode, start, end);
...
- kvm_gmem_invalidate_end(inode, start, end);
...>
}
