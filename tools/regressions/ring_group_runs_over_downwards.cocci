// SPDX-License-Identifier: GPL-2.0-only
// Name: ring_group_runs_over_downwards
// Class: UNSAFE
// First: dirty_ring ring.pages_taken_are_protected_again
// Origin: plausible; the check beside "careful about overflows"
// A user would see: pages that were written upwards, then below, are written again, unnoticed
// Observable: yes: what was shifted out of the group is not in the ring a second time
// File: virt/kvm/dirty_ring.c
@@
expression mask, delta;
@@
kvm_dirty_ring_reset(...)
{
<...
- delta > -BITS_PER_LONG && delta < 0 && (mask << -delta >> -delta) == mask
+ delta > -BITS_PER_LONG && delta < 0
...>
}
