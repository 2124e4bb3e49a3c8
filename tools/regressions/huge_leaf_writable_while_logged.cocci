// SPDX-License-Identifier: GPL-2.0-only
// Name: huge_leaf_writable_while_logged
// Class: UNSAFE
// Origin: plausible
// A user would see: a migration that loses what is written to hugepages
// Observable: yes: with hugepages split on the first write
// File: arch/x86/kvm/x86.c
// Needs: intel
// First: dirty_log dirty_log.uniform_hugepages.automatic_split_on_write
@@
@@
kvm_mmu_slot_apply_flags(...)
{
<...
- kvm_mmu_slot_remove_write_access(kvm, new, PG_LEVEL_2M);
...>
}
