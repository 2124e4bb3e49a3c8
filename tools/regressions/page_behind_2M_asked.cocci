// SPDX-License-Identifier: GPL-2.0-only
// Name: page_behind_2M_asked
// Class: PERF
// Origin: RFC 01/13 of Aug 2022 (80242041681cff8c) looked one past the end
// A user would see: a shared hugepage before a private one is lost
// Observable: yes: pages_4k rises where pages_2m should
// First: memslot memslot.size_misaligned_to_2M.as_written
// File: arch/x86/kvm/mmu/mmu.c
@@
@@
- kvm_range_has_memory_attributes(kvm, start, end, ~0, attrs)
+ kvm_range_has_memory_attributes(kvm, start, end + 1, ~0, attrs)
