// SPDX-License-Identifier: GPL-2.0-only
// Name: only_some_tables_are_synchronized
// Class: UNSAFE
// Origin: held out
// A user would see: a guest of the guest does not see what the guest has changed in page tables for it, if it were many
// Observable: yes: contents
// First: nested_table tables.pages.l2_sees_many_that_l1_has_changed
// File: arch/x86/kvm/mmu/mmu.c
@@
@@
mmu_sync_children(...)
{
<...
- while (mmu_unsync_walk(parent, &pages))
+ if (mmu_unsync_walk(parent, &pages))
  { ... }
...>
}
