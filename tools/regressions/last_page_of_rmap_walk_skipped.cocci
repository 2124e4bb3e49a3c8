// SPDX-License-Identifier: GPL-2.0-only
// Name: last_page_of_rmap_walk_skipped
// Class: UNSAFE
// Origin: held out
// A user would see: a guest of a guest that keeps the last page of each range which the host takes
// Observable: yes: L2 reads the old page
// First: nested memory.shadow_paging.conversion_reaches_each_page_of_a_range
// File: arch/x86/kvm/mmu/mmu.c
@@
expression R, END;
@@
slot_rmap_walk_next(...)
{
<...
- ++R <= END
+ ++R < END
...>
}
