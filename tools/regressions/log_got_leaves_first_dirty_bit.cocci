// SPDX-License-Identifier: GPL-2.0-only
// Name: log_got_leaves_first_dirty_bit
// Class: UNSAFE
// Origin: plausible
// A user would see: a migration that loses what is written after the first round
// Observable: yes: a page that is written to again is not in the dirty log
// File: arch/x86/kvm/mmu/tdp_mmu.c
// Needs: intel
// First: dirty_log dirty_log.uniform_hugepages.automatic
@@
identifier kvm, root, gfn, mask, wrprot;
@@
clear_dirty_pt_masked(struct kvm *kvm, struct kvm_mmu_page *root, gfn_t gfn, unsigned long mask, bool wrprot)
{
...
 lockdep_assert_held_write(...);
+ if (mask & (mask - 1)) mask &= mask - 1;
...
}
