// SPDX-License-Identifier: GPL-2.0-only
// Name: attribute_of_children_ignored
// Class: UNSAFE
// First: memslot memslot.base_misaligned_to_1G.as_written
// Origin: plausible; catalogue M15
// A user would see: a 1G hugepage over a whole private 2M
// Observable: yes: pages_1g rises where pages_2m should
// File: arch/x86/kvm/mmu/mmu.c
@@
@@
- hugepage_test_mixed(slot, gfn, level - 1) || attrs != kvm_get_memory_attributes(kvm, gfn)
+ hugepage_test_mixed(slot, gfn, level - 1)
