// SPDX-License-Identifier: GPL-2.0-only
// Name: second_parent_keeps_its_link
// Class: UNSAFE
// Origin: held out
// A user would see: a guest of a guest that has other memory than its page tables say
// Observable: yes: by a second root
// First: nested_table tables.pages.table_of_two_roots_changes_for_both
// File: arch/x86/kvm/mmu/mmu.c
@@
expression P, I, HEAD;
statement S;
@@
kvm_mmu_unlink_parents(...)
{
<...
- while ((P = rmap_get_first(HEAD, I)))
+ if ((P = rmap_get_first(HEAD, I)))
	S
...>
}
