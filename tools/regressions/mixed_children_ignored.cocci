// SPDX-License-Identifier: GPL-2.0-only
// Name: mixed_children_ignored
// Class: UNSAFE
// First: memslot memslot.memslot_created_over_attributes_1G.as_written
// Origin: plausible; catalogue M14
// A user would see: a 1G hugepage over a 2M with private pages
// Observable: yes: pages_1g rises where pages_2m should, after two conversions
// File: arch/x86/kvm/mmu/mmu.c
@@
expression E;
@@
- hugepage_test_mixed(slot, gfn, level - 1) || E
+ E
