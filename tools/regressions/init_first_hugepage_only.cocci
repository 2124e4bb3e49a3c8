// SPDX-License-Identifier: GPL-2.0-only
// Name: init_first_hugepage_only
// Class: UNSAFE
// First: memslot memslot.memslot_deleted_and_created_again.as_written
// Origin: plausible
// A user would see: a memslot made over mixed pages has hugepages over them, but for the first
// Observable: yes: pages_2m rises where pages_4k should
// File: arch/x86/kvm/mmu/mmu.c
@@
statement S;
@@
kvm_mmu_init_memslot_memory_attributes(...)
{
<...
for (gfn = start;
- gfn < end
+ gfn < end && gfn == start
 ; gfn += nr_pages) S
...>
}
