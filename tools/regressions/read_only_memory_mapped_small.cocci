// SPDX-License-Identifier: GPL-2.0-only
// Name: read_only_memory_mapped_small
// Class: PERF
// First: backing read_only.hugetlb_2mb.write_after_read
// Origin: plausible
// A user would see: hugepages that the host has made read-only are mapped by 4K leaves
// Observable: yes: pages_4k rises where pages_2m should
// File: arch/x86/kvm/mmu/mmu.c
@@
@@
kvm_mmu_hugepage_adjust(...)
{
<...
- fault->max_level == PG_LEVEL_4K
+ fault->max_level == PG_LEVEL_4K || !fault->map_writable
...>
}
