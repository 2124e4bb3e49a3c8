// SPDX-License-Identifier: GPL-2.0-only
// Name: split_goes_on_after_yield
// Class: RACE
// First: race global.split_eagerly_while_others_want_the_cpus
// Origin: generated
// A user would see: an entry taken for what it was, after others have had mmu_lock
// Observable: yes: a warning
// File: arch/x86/kvm/mmu/tdp_mmu.c
@@
@@
tdp_mmu_split_huge_pages_root(...)
{
<...
if (tdp_mmu_iter_cond_resched(...))
- continue;
+ ;
...>
}
