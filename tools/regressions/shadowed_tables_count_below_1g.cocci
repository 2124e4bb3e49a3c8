// SPDX-License-Identifier: GPL-2.0-only
// Name: shadowed_tables_count_below_1g
// Class: UNSAFE
// Origin: blind
// A user would see: a guest of a guest that sees other memory than its tables say
// Observable: yes: a page of 1G that has tables is mapped by one leaf
// First: nested_hugepage hugepage.page_of_1g_is_small_while_used
// File: arch/x86/kvm/mmu/mmu.c
@@
identifier I;
@@
update_gfn_disallow_lpage_count(...)
{
<...
- I <= KVM_MAX_HUGEPAGE_LEVEL
+ I < KVM_MAX_HUGEPAGE_LEVEL
...>
}
