// SPDX-License-Identifier: GPL-2.0-only
// Name: last_page_of_2M_not_asked
// Class: UNSAFE
// First: memslot memslot.memslot_deleted_and_created_again.as_written
// Origin: plausible off by one
// A user would see: a hugepage whose last page only is private, after a conversion beside it
// Observable: yes: pages_2m rises where pages_4k should
// File: arch/x86/kvm/mmu/mmu.c
@@
@@
- kvm_range_has_memory_attributes(kvm, start, end, ~0, attrs)
+ kvm_range_has_memory_attributes(kvm, start, end - 1, ~0, attrs)
