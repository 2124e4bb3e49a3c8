// SPDX-License-Identifier: GPL-2.0-only
// Name: cleared_pages_protect_those_between
// Class: PERF
// Origin: generated, by make mutate
// A user would see: during a migration the guest faults for pages that nobody has cleared
// Observable: yes: faults
// First: dirty_log global.pages_that_are_not_cleared_stay_writable
// File: arch/x86/kvm/mmu/tdp_mmu.c
@@
expression bit;
@@
clear_dirty_pt_masked(...)
{
<...
- !(mask & bit)
+ !mask
...>
}
