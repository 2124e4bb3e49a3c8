// SPDX-License-Identifier: GPL-2.0-only
// Name: aging_stops_at_the_first_leaf
// Class: ERR
// Origin: held out
// A user would see: hugepages that nobody uses any more are taken for used
// Observable: yes: page_idle
// First: aging aging.logged_hugepage.idle_unless_touched
// File: arch/x86/kvm/mmu/tdp_mmu.c
@@
expression kvm, iter;
identifier ret;
@@
__kvm_tdp_mmu_age_gfn_range(...)
{
<...
- ret = true;
 kvm_tdp_mmu_age_spte(kvm, iter);
+ return true;
...>
}
