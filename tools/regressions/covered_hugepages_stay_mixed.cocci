// SPDX-License-Identifier: GPL-2.0-only
// Name: covered_hugepages_stay_mixed
// Class: PERF
// Origin: plausible
// A user would see: hugepages do not come back when a conversion covers them
// Observable: yes: pages_4k rises where pages_2m should
// First: memslot memslot.range_spans_two_memslots.as_written
// File: arch/x86/kvm/mmu/mmu.c
@@
@@
kvm_arch_post_set_memory_attributes(...)
{
<...
for (; gfn + nr_pages <= range->end; gfn += nr_pages)
- hugepage_clear_mixed(slot, gfn, level);
+ ;
...>
}
