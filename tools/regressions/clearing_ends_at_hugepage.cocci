// SPDX-License-Identifier: GPL-2.0-only
// Name: clearing_ends_at_hugepage
// Class: UNSAFE
// First: dirty_log dirty_log.cleared_across_hugepage_and_small_pages.initially_set_split_on_write
// Origin: held out
// A user would see: writes behind a hugepage that are not logged after KVM_CLEAR_DIRTY_LOG
// Observable: yes: small pages of the same 64 are missing in the next log
// File: arch/x86/kvm/mmu/tdp_mmu.c
@@
expression mask;
@@
clear_dirty_pt_masked(...)
{
<...
- if (iter.level > PG_LEVEL_4K || !(mask & (1UL << (iter.gfn - gfn))))
+ if (iter.level > PG_LEVEL_4K)
+ break;
+ if (!(mask & (1UL << (iter.gfn - gfn))))
continue;
...>
}
