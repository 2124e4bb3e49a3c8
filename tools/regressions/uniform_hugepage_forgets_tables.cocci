// SPDX-License-Identifier: GPL-2.0-only
// Name: uniform_hugepage_forgets_tables
// Class: ERR
// Origin: plausible
// A user would see: a hugepage with page tables of the guest's is mapped large after a conversion, and split on each write
// Observable: yes: leaves of 2M
// First: nested_hugepage hugepage.their_hugepages_are_small_while_used
// File: arch/x86/kvm/mmu/mmu.c
@@
@@
hugepage_clear_mixed(...)
{
- lpage_info_slot(gfn, slot, level)->disallow_lpage &= ~KVM_LPAGE_MIXED_FLAG;
+ lpage_info_slot(gfn, slot, level)->disallow_lpage = 0;
}
