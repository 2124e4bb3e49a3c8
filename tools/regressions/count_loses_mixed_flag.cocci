// SPDX-License-Identifier: GPL-2.0-only
// Name: count_loses_mixed_flag
// Class: EQUIVALENT
// Origin: plausible; catalogue E11
// A user would see: nothing without shadow paging, which needs a nested guest
// Observable: no: with two-dimensional paging no page is write-protected so
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
