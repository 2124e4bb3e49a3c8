// SPDX-License-Identifier: GPL-2.0-only
// Name: cleared_shadow_hugepage_stays_writable
// Class: UNSAFE
// Origin: plausible
// A user would see: what a guest of the guest writes is lost in a migration, if the log was all set at first
// Observable: yes: a page is not dirty
// First: nested memory.shadow_paging.cleared_page_is_logged_again
// File: arch/x86/kvm/mmu/mmu.c
@@
expression kvm;
@@
kvm_mmu_slot_gfn_write_protect(...)
{
<...
- if (kvm_memslots_have_rmaps(kvm))
+ if (kvm_memslots_have_rmaps(kvm) && min_level == PG_LEVEL_4K)
  { ... }
...>
}
