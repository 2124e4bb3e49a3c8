// SPDX-License-Identifier: GPL-2.0-only
// Name: ring_group_of_64_pages_more
// Class: UNSAFE
// First: dirty_ring ring.pages_taken_are_protected_again
// Origin: plausible; off by one
// A user would see: a page 64 pages above another one that is protected in its place
// Observable: yes: with every 64th page written none but the first is protected again
// File: virt/kvm/dirty_ring.c
@@
expression delta;
@@
kvm_dirty_ring_reset(...)
{
<...
- delta < BITS_PER_LONG
+ delta <= BITS_PER_LONG
...>
}
