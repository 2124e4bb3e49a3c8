// SPDX-License-Identifier: GPL-2.0-only
// Name: only_first_covered_hugepage_cleared
// Class: PERF
// First: memslot memslot.head_of_1G_outside_memslot.as_written
// Origin: plausible
// A user would see: only one of the hugepages that a conversion covers comes back
// Observable: yes: pages_4k rises where pages_2m should
// File: arch/x86/kvm/mmu/mmu.c
@@
@@
kvm_arch_post_set_memory_attributes(...)
{
<...
for (; gfn + nr_pages <= range->end;
- gfn += nr_pages
+ gfn = gfn_round_for_level(range->end, level)
 )
 hugepage_clear_mixed(slot, gfn, level);
...>
}
