// SPDX-License-Identifier: GPL-2.0-only
// Name: second_hugepage_stays_writable
// Class: UNSAFE
// First: dirty_log dirty_log.cleared_across_hugepages_at_once.initially_set_split_on_write
// Origin: plausible
// A user would see: pages written after KVM_CLEAR_DIRTY_LOG are not logged
// Observable: yes: no dirty bit, and a leaf of 2M, where 64 pages of the log span two hugepages
// File: arch/x86/kvm/mmu/mmu.c
@@
@@
kvm_arch_mmu_enable_log_dirty_pt_masked(...)
{
<...
- if (ALIGN(start << PAGE_SHIFT, PMD_SIZE) !=
-     ALIGN(end << PAGE_SHIFT, PMD_SIZE))
-	kvm_mmu_slot_gfn_write_protect(kvm, slot, end, PG_LEVEL_2M);
...>
}
