// SPDX-License-Identifier: GPL-2.0-only
// Name: shadow_paging_stays_split
// Class: PERF
// Origin: plausible
// A user would see: after a migration that was given up the guest of the guest stays slow
// Observable: yes: leaves of 4K
// First: nested memory.shadow_paging.hugepages_come_back_after_a_log
// File: arch/x86/kvm/mmu/mmu.c
@@
expression kvm;
@@
kvm_mmu_recover_huge_pages(...)
{
<...
- if (kvm_memslots_have_rmaps(kvm))
+ if (0)
  { ... }
...>
}
