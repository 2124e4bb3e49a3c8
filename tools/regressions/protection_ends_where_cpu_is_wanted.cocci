// SPDX-License-Identifier: GPL-2.0-only
// Name: protection_ends_where_cpu_is_wanted
// Class: UNSAFE
// Origin: held out
// A user would see: pages that are never logged, and lost in a migration
// Observable: yes: a page is not dirty
// First: dirty_log global.log_begins_for_all_pages_on_a_busy_cpu
// File: arch/x86/kvm/mmu/tdp_mmu.c
@@
@@
wrprot_gfn_range(...)
{
<...
  if (tdp_mmu_iter_cond_resched(kvm, &iter, false, true))
- 	continue;
+ 	break;
...>
}
