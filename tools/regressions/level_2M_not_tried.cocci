// SPDX-License-Identifier: GPL-2.0-only
// Name: level_2M_not_tried
// Class: PERF
// Origin: plausible
// A user would see: no 2M hugepages where 1G is not possible
// Observable: yes: pages_4k rises where pages_2m should
// First: memslot memslot.base_misaligned_to_2M.as_written
// File: arch/x86/kvm/mmu/mmu.c
@@
expression E;
statement S;
@@
for (; E > PG_LEVEL_4K;
- E--
+ E = PG_LEVEL_4K
 ) S
