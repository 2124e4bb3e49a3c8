// SPDX-License-Identifier: GPL-2.0-only
// Name: level_1G_always_mixed
// Class: PERF
// First: memslot memslot.base_misaligned_to_1G.as_written
// Origin: plausible
// A user would see: 1G hugepages do not come back after a conversion back
// Observable: yes: pages_2m rises where pages_1g should
// File: arch/x86/kvm/mmu/mmu.c
@@
@@
hugepage_has_attrs(...)
{
...
- return true;
+ return level == PG_LEVEL_2M;
}
