// SPDX-License-Identifier: GPL-2.0-only
// Name: prefault_dirties_mapped_page
// Class: PERF
// First: known_faults known_trait.fault_leaves_mapped_page_alone.holds
// Origin: kernels before 7.2
// A user would see: pages that were only pre-faulted again are sent once more by a migration
// Observable: yes: the dirty log
// File: arch/x86/kvm/mmu/tdp_mmu.c
@@
expression E;
@@
tdp_mmu_map_handle_target_level(...)
{
...
- if (is_shadow_present_pte(E) && ...)
+ if (0)
	{
	...
	return RET_PF_SPURIOUS;
	}
...
}
