// SPDX-License-Identifier: GPL-2.0-only
// Name: misaligned_children_count_as_mixed
// Class: EQUIVALENT
// Origin: plausible
// A user would see: nothing: a 2M entry that is disallowed for alignment lies only in a 1G that is, too
// Observable: no: the 1G hugepage is disallowed anyway
// File: arch/x86/kvm/mmu/mmu.c
@@
@@
hugepage_test_mixed(...)
{
return
- lpage_info_slot(gfn, slot, level)->disallow_lpage & KVM_LPAGE_MIXED_FLAG
+ lpage_info_slot(gfn, slot, level)->disallow_lpage
 ;
}
