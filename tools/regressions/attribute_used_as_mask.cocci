// SPDX-License-Identifier: GPL-2.0-only
// Name: attribute_used_as_mask
// Class: UNSAFE
// Equivalent before: 6.13
// First: memslot memslot.private_beginning_left_over.as_written
// Origin: plausible since the mask parameter, 4b5f67120a88; catalogue M18
// A user would see: a hugepage that begins with private pages; 6.12 returns early, there it is equivalent
// Observable: yes from 7.x: pages_2m rises where pages_4k should
// File: arch/x86/kvm/mmu/mmu.c
@@
@@
- kvm_range_has_memory_attributes(kvm, start, end, ~0, attrs)
+ kvm_range_has_memory_attributes(kvm, start, end, attrs, attrs)
