// SPDX-License-Identifier: GPL-2.0-only
// Name: second_parent_of_a_changed_table_not_told
// Class: UNSAFE
// Origin: blind
// A user would see: a guest of a guest that has the memory of another one
// Observable: yes: L2 reads the old page by the second root
// First: nested_table tables.pages.page_table_of_two_roots_changes_for_both
// File: arch/x86/kvm/mmu/mmu.c
@@
expression S, P;
@@
__link_shadow_page(...)
{
<...
- if (WARN_ON_ONCE(S->unsync_children) || S->unsync)
+ if (WARN_ON_ONCE(S->unsync_children))
	mark_unsync(P);
...>
}
