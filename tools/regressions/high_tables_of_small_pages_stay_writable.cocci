// SPDX-License-Identifier: GPL-2.0-only
// Name: high_tables_of_small_pages_stay_writable
// Class: UNSAFE
// Origin: held out
// A user would see: a guest of the guest does not see what the guest has changed in page tables for it
// Observable: yes: contents
// First: nested_table tables.pages.change_by_l1_is_seen_in_spite_of_another_root
// File: arch/x86/kvm/mmu/page_track.c
@@
expression kvm, slot, gfn;
@@
__kvm_write_track_add_gfn(...)
{
<...
- kvm_mmu_slot_gfn_write_protect(kvm, slot, gfn, PG_LEVEL_4K)
+ kvm_mmu_slot_gfn_write_protect(kvm, slot, gfn, PG_LEVEL_2M)
...>
}
