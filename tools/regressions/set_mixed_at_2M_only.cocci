// SPDX-License-Identifier: GPL-2.0-only
// Name: set_mixed_at_2M_only
// Class: UNSAFE
// First: memslot memslot.base_misaligned_to_1G.as_written
// Origin: plausible
// A user would see: a 1G hugepage over private pages
// Observable: yes: pages_1g rises where pages_2m should
// File: arch/x86/kvm/mmu/mmu.c
@@
@@
hugepage_set_mixed(...)
{
- lpage_info_slot(gfn, slot, level)->disallow_lpage |= KVM_LPAGE_MIXED_FLAG;
+ lpage_info_slot(gfn, slot, PG_LEVEL_2M)->disallow_lpage |= KVM_LPAGE_MIXED_FLAG;
}
