// SPDX-License-Identifier: GPL-2.0-only
// Name: shadow_hugepages_not_split_ahead
// Class: PERF
// Origin: plausible
// A user would see: a guest of the guest waits at each first write of a migration
// Observable: yes: leaves of 2M
// First: nested memory.shadow_paging.log_splits_the_hugepages_of_both
// File: arch/x86/kvm/mmu/mmu.c
@@
expression kvm;
@@
kvm_mmu_slot_try_split_huge_pages(...)
{
<...
- if (kvm_memslots_have_rmaps(kvm))
+ if (0)
  { ... }
...>
}
