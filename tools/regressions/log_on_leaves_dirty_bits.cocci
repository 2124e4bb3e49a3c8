// SPDX-License-Identifier: GPL-2.0-only
// Name: log_on_leaves_dirty_bits
// Class: UNSAFE
// Origin: plausible
// A user would see: a migration that loses what is written to pages that were dirty before it
// Observable: yes: the page is not in the dirty log
// File: arch/x86/kvm/mmu/tdp_mmu.c
// Needs: intel
// First: dirty_log dirty_log.small_pages.automatic
@@
@@
clear_dirty_gfn_range(...)
{
<...
- if (!(iter.old_spte & dbit))
+ if (1)
 continue;
...>
}
