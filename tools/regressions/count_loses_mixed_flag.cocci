// SPDX-License-Identifier: GPL-2.0-only
// Name: count_loses_mixed_flag
// Class: UNSAFE
// Origin: plausible; catalogue E11
// A user would see: a guest with page tables for a guest of its own reaches private pages as shared ones
// Observable: yes: leaves of 2M, a warning
// First: nested_hugepage hugepage.their_hugepages_are_small_while_used
// File: arch/x86/kvm/mmu/mmu.c
@@
expression linfo;
@@
update_gfn_disallow_lpage_count(...)
{
<...
- linfo->disallow_lpage += count;
+ linfo->disallow_lpage = (linfo->disallow_lpage & ~KVM_LPAGE_MIXED_FLAG) + count;
...>
}
