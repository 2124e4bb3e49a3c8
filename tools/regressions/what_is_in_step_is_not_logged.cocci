// SPDX-License-Identifier: GPL-2.0-only
// Name: what_is_in_step_is_not_logged
// Class: UNSAFE
// Origin: blind
// A user would see: a guest of a guest with old memory after migration
// Observable: yes: a page is clean that L2 wrote
// First: nested_mark tables.pages.what_l2_writes_since_l1_lets_it_is_logged
// File: arch/x86/kvm/mmu/spte.c
@@
expression S;
@@
make_spte(...)
{
<...
- (spte & PT_WRITABLE_MASK) && kvm_slot_dirty_track_enabled(S)
+ (spte & PT_WRITABLE_MASK) && !prefetch && kvm_slot_dirty_track_enabled(S)
...>
}
