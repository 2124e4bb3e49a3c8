// SPDX-License-Identifier: GPL-2.0-only
// Name: ring_reset_before_it_is_taken
// Class: UNSAFE
// First: dirty_ring ring.pages_not_taken_stay_writable
// Origin: plausible
// A user would see: dirty pages that a migration never sends
// Observable: yes: entries that nobody has taken are gone
// File: virt/kvm/dirty_ring.c
@@
expression gfn;
@@
kvm_dirty_gfn_harvested(...)
{
<...
- smp_load_acquire(&gfn->flags) & KVM_DIRTY_GFN_F_RESET
+ smp_load_acquire(&gfn->flags) != 0
...>
}
