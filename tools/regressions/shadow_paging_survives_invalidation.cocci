// SPDX-License-Identifier: GPL-2.0-only
// Name: shadow_paging_survives_invalidation
// Class: UNSAFE
// Origin: plausible
// A user would see: a guest of the guest reads and writes memory that the host has given to somebody else
// Observable: yes: contents
// First: nested memory.shadow_paging.conversion_reaches_both
// File: arch/x86/kvm/mmu/mmu.c
@@
expression kvm;
@@
kvm_unmap_gfn_range(...)
{
<...
- if (kvm_memslots_have_rmaps(kvm))
+ if (0)
  flush = __kvm_rmap_zap_gfn_range(...);
...>
}
