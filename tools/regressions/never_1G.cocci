// SPDX-License-Identifier: GPL-2.0-only
// Name: never_1G
// Class: PERF
// First: memslot memslot.base_misaligned_to_1G.as_written
// Origin: plausible
// A user would see: no 1G hugepages
// Observable: yes: pages_2m rises where pages_1g should
// File: arch/x86/kvm/mmu/mmu.c
@@
expression E;
@@
- E = min(E, max_huge_page_level);
+ E = min3(E, max_huge_page_level, (int)PG_LEVEL_2M);
