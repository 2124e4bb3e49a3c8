// SPDX-License-Identifier: GPL-2.0-only
// Name: page_of_a_dropped_table_leaks
// Class: OOB
// Origin: blind
// A user would see: a host that runs out of memory
// Observable: yes: bytes are charged that never come back
// First: nested_table tables.pages.what_is_dropped_comes_back
// File: arch/x86/kvm/mmu/mmu.c
@@
expression S;
@@
kvm_mmu_free_shadow_page(...)
{
<...
- free_page((unsigned long)S->shadowed_translation);
+ if (S->role.level == PG_LEVEL_4K)
+	free_page((unsigned long)S->shadowed_translation);
...>
}
