// SPDX-License-Identifier: GPL-2.0-only
// Name: age_of_l2_counts_alone
// Class: PERF
// Origin: blind
// A user would see: memory in use is taken for idle, or idle memory for used
// Observable: yes: a page that both used stays used
// First: nested memory.shadow_paging.use_by_either_is_seen
// File: arch/x86/kvm/mmu/mmu.c
@@
expression K, R;
@@
kvm_age_gfn(...)
{
<...
- if (kvm_may_have_shadow_mmu_sptes(K))
+ if (!young && kvm_may_have_shadow_mmu_sptes(K))
	young |= kvm_rmap_age_gfn_range(K, R, false);
...>
}
