// SPDX-License-Identifier: GPL-2.0-only
// Name: wide_store_changes_one_entry
// Class: UNSAFE
// Origin: blind
// A user would see: a guest of a guest that has the memory of another one
// Observable: yes: L2 reads the old page by the second of two entries
// First: nested_table tables.pages.l2_sees_two_entries_that_l1_changes_at_once
// File: arch/x86/kvm/mmu/mmu.c
@@
expression O, B, P;
@@
detect_write_misaligned(...)
{
<...
- (O ^ (O + B - 1)) & ~(P - 1)
+ O & (P - 1)
...>
}
