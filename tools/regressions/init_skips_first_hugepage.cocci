// SPDX-License-Identifier: GPL-2.0-only
// Name: init_skips_first_hugepage
// Class: UNSAFE
// First: memslot memslot.memslot_created_over_attributes.as_written
// Origin: plausible off by one
// A user would see: the first hugepage of a memslot made over mixed pages is huge
// Observable: yes: pages_2m rises where pages_4k should
// File: arch/x86/kvm/mmu/mmu.c
@@
statement S;
@@
kvm_mmu_init_memslot_memory_attributes(...)
{
<...
for (
- gfn = start
+ gfn = start + nr_pages
 ; gfn < end; gfn += nr_pages) S
...>
}
