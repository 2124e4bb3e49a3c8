// SPDX-License-Identifier: GPL-2.0-only
// Name: mixed_hugepage_forgets_tables
// Class: PERF
// Origin: plausible
// A user would see: hugepages that had tables of the guest's while mixed do not come back
// Observable: yes: leaves of 4K, a warning
// First: nested_hugepage hugepage.their_hugepages_are_small_while_used
// File: arch/x86/kvm/mmu/mmu.c
@@
@@
hugepage_set_mixed(...)
{
- lpage_info_slot(gfn, slot, level)->disallow_lpage |= KVM_LPAGE_MIXED_FLAG;
+ lpage_info_slot(gfn, slot, level)->disallow_lpage = KVM_LPAGE_MIXED_FLAG;
}
