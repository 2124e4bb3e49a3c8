// SPDX-License-Identifier: GPL-2.0-only
// Name: log_got_leaves_dirty_bits
// Class: UNSAFE
// Origin: plausible
// A user would see: a migration that loses what is written after the first round
// Observable: yes: a page that is written to again is not in the dirty log
// File: arch/x86/kvm/mmu/tdp_mmu.c
// Needs: intel
// First: dirty_log dirty_log.uniform_hugepages.automatic
@@
@@
clear_dirty_pt_masked(...)
{
<...
- if (!(iter.old_spte & dbit))
+ if (1)
 continue;
...>
}
