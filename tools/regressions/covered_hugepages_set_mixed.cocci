// SPDX-License-Identifier: GPL-2.0-only
// Name: covered_hugepages_set_mixed
// Class: PERF
// Origin: plausible
// A user would see: hugepages covered by a conversion are lost
// Observable: yes: pages_4k rises where pages_2m should
// File: arch/x86/kvm/mmu/mmu.c
@@
@@
kvm_arch_post_set_memory_attributes(...)
{
<...
for (; gfn + nr_pages <= range->end; gfn += nr_pages)
- hugepage_clear_mixed(slot, gfn, level);
+ hugepage_set_mixed(slot, gfn, level);
...>
}
