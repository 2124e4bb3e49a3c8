// SPDX-License-Identifier: GPL-2.0-only
// Name: pages_ahead_are_logged
// Class: PERF
// Origin: blind
// A user would see: migration of guests with guests takes longer
// Observable: yes: pages are dirty that nobody wrote
// First: nested_mark tables.pages.only_what_l2_writes_is_logged
// File: arch/x86/kvm/mmu/mmu.c
@@
expression V, G, A;
@@
kvm_mmu_prefetch_sptes(...)
{
<...
- gfn_to_memslot_dirty_bitmap(V, G, A)
+ gfn_to_memslot_dirty_bitmap(V, G, false)
...>
}
