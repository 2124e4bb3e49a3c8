// SPDX-License-Identifier: GPL-2.0-only
// Name: tail_cleared_blindly
// Class: UNSAFE
// Origin: plausible
// A user would see: a hugepage over the end of a private range
// Observable: yes: pages_2m rises where pages_4k should
// First: memslot memslot.base_misaligned_to_2M.as_written
// File: arch/x86/kvm/mmu/mmu.c
@@
statement S;
@@
kvm_arch_post_set_memory_attributes(...)
{
<...
for (;
- gfn + nr_pages <= range->end
+ gfn < range->end
 ; gfn += nr_pages) S
...>
}
