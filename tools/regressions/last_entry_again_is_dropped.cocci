// SPDX-License-Identifier: GPL-2.0-only
// Name: last_entry_again_is_dropped
// Class: UNSAFE
// Origin: held out
// A user would see: a migration loses what the guest writes to a page that it alone writes
// Observable: yes: the ring has no entry
// First: dirty_ring ring.pages_taken_are_protected_again
// File: virt/kvm/dirty_ring.c
@@
identifier ring, slot, offset, entry, vcpu;
@@
kvm_dirty_ring_push(struct kvm_vcpu *vcpu, u32 slot, u64 offset)
{
struct kvm_dirty_ring *ring = &vcpu->dirty_ring;
struct kvm_dirty_gfn *entry;
+ if (ring->dirty_index) {
+ 	entry = &ring->dirty_gfns[(ring->dirty_index - 1) & (ring->size - 1)];
+ 	if (entry->slot == slot && entry->offset == offset)
+ 		return;
+ }
...
}
