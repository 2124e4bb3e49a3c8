// SPDX-License-Identifier: GPL-2.0-only
// Name: last_page_of_64_stays_writable
// Class: UNSAFE
// First: dirty_log dirty_log.cleared_page_by_page.automatic
// Origin: plausible
// A user would see: pages written again are not logged again
// Observable: yes: no dirty bit for the last of 64 pages
// File: arch/x86/kvm/mmu/tdp_mmu.c
@@
@@
clear_dirty_pt_masked(...)
{
<...
- gfn + BITS_PER_LONG
+ gfn + BITS_PER_LONG - 1
...>
}
