// SPDX-License-Identifier: GPL-2.0-only
// Name: first_page_of_2M_not_asked
// Class: UNSAFE
// Origin: plausible off by one
// A user would see: a hugepage whose first page only is private
// Observable: yes: pages_2m rises where pages_4k should
// First: memslot memslot.range_spans_two_memslots.as_written
// File: arch/x86/kvm/mmu/mmu.c
@@
@@
- kvm_range_has_memory_attributes(kvm, start, end, ~0, attrs)
+ kvm_range_has_memory_attributes(kvm, start + 1, end, ~0, attrs)
