// SPDX-License-Identifier: GPL-2.0-only
// Name: ring_group_spans_memslots
// Class: UNSAFE
// First: dirty_ring ring.pages_taken_are_protected_again
// Origin: plausible
// A user would see: writes to a memslot that go unnoticed if another one was written in between
// Observable: yes: with two memslots written in turn only the pages of one are protected again
// File: virt/kvm/dirty_ring.c
@@
@@
kvm_dirty_ring_reset(...)
{
<...
- next_slot == cur_slot
+ next_slot == cur_slot || next_slot > cur_slot
...>
}
