// SPDX-License-Identifier: GPL-2.0-only
// Name: full_ring_runs_on
// Class: UNSAFE
// First: dirty_ring ring.full_makes_the_guest_leave
// Origin: plausible
// A user would see: a ring that overflows: entries are overwritten, dirty pages lost
// Observable: yes: no KVM_EXIT_DIRTY_RING_FULL
// File: virt/kvm/dirty_ring.c
@@
expression ring;
@@
kvm_dirty_ring_push(...)
{
<...
- if (kvm_dirty_ring_soft_full(ring))
+ if (kvm_dirty_ring_full(ring))
kvm_make_request(...);
...>
}
