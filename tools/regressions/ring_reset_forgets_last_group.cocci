// SPDX-License-Identifier: GPL-2.0-only
// Name: ring_reset_forgets_last_group
// Class: UNSAFE
// First: dirty_ring ring.pages_taken_are_protected_again
// Origin: plausible
// A user would see: pages that were taken out of a dirty ring and are written again, unnoticed
// Observable: yes: the last pages of a ring, up to 64, are not in it a second time
// File: virt/kvm/dirty_ring.c
@@
@@
kvm_dirty_ring_reset(...)
{
<...
- if (mask)
- kvm_reset_dirty_gfn(kvm, cur_slot, cur_offset, mask);
+ ;
...>
}
