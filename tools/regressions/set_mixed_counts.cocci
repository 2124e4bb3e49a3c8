// SPDX-License-Identifier: GPL-2.0-only
// Name: set_mixed_counts
// Class: PERF
// Origin: plausible: the flag shares its word with a count
// A user would see: hugepages never come back
// Observable: yes: pages_4k rises where pages_2m should
// First: memslot memslot.base_misaligned_to_2M.as_written
// File: arch/x86/kvm/mmu/mmu.c
@@
@@
hugepage_set_mixed(...)
{
- lpage_info_slot(gfn, slot, level)->disallow_lpage |= KVM_LPAGE_MIXED_FLAG;
+ lpage_info_slot(gfn, slot, level)->disallow_lpage++;
}
