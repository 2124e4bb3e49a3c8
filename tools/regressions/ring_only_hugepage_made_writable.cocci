// SPDX-License-Identifier: GPL-2.0-only
// Name: ring_only_hugepage_made_writable
// Class: ERR
// Origin: held out
// A user would see: with dirty rings one entry for a hugepage, and all other writes to it lost
// Observable: yes: entries of a ring, where eager_page_split is off
// First: dirty_ring ring.hugepage_is_split_by_the_first_write
// File: arch/x86/kvm/mmu/mmu.c
@@
identifier fault;
@@
fast_page_fault(..., struct kvm_page_fault *fault)
{
<...
- kvm_slot_dirty_track_enabled(fault->slot)
+ fault->slot->dirty_bitmap
...>
}
