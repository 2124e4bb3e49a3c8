// SPDX-License-Identifier: GPL-2.0-only
// Name: shadow_paging_not_asked_for_use
// Class: ERR
// Origin: plausible
// A user would see: memory that only guests of the guest use is swapped out
// Observable: yes: page_idle
// First: nested memory.shadow_paging.use_by_either_is_seen
// File: arch/x86/kvm/mmu/mmu.c
@@
expression kvm;
@@
kvm_age_gfn(...)
{
<...
- if (kvm_may_have_shadow_mmu_sptes(kvm))
+ if (0)
    { ... }
...>
}
