// SPDX-License-Identifier: GPL-2.0-only
// Name: log_leaves_shadow_hugepages_writable
// Class: UNSAFE
// Origin: plausible
// A user would see: what a guest of the guest writes to hugepages is lost in a migration
// Observable: yes: leaves of 2M in a log
// First: nested memory.shadow_paging.log_leaves_nothing_large_that_is_written
// File: arch/x86/kvm/mmu/mmu.c
@@
expression kvm;
@@
kvm_mmu_slot_remove_write_access(...)
{
<...
- if (kvm_memslots_have_rmaps(kvm))
+ if (0)
  { ... }
...>
}
