// SPDX-License-Identifier: GPL-2.0-only
// Name: guest_mode_root_not_asked_for_use
// Class: ERR
// Origin: plausible
// A user would see: memory that only guests of the guest use is swapped out
// Observable: yes: page_idle
// First: nested memory.second_root.use_by_either_is_seen
// File: arch/x86/kvm/mmu/tdp_mmu.c
@@
expression spte;
@@
__kvm_tdp_mmu_age_gfn_range(...)
{
<...
- if (!is_accessed_spte(spte))
+ if (root->role.guest_mode || !is_accessed_spte(spte))
    continue;
...>
}
