// SPDX-License-Identifier: GPL-2.0-only
// Name: covered_loop_stops_early
// Class: EQUIVALENT
// Origin: plausible; catalogue E2
// A user would see: nothing: the tail branch finds the same out for the last hugepage
// Observable: no: the same flags by another way
// File: arch/x86/kvm/mmu/mmu.c
@@
statement S;
@@
kvm_arch_post_set_memory_attributes(...)
{
<...
for (;
- gfn + nr_pages <= range->end
+ gfn + nr_pages < range->end
 ; gfn += nr_pages) S
...>
}
