// SPDX-License-Identifier: GPL-2.0-only
// Name: init_skips_2M
// Class: UNSAFE
// Origin: plausible
// A user would see: a memslot made over mixed pages has 2M hugepages over them
// Observable: yes: pages_2m rises where pages_4k should
// First: memslot memslot.memslot_created_over_attributes.as_written
// File: arch/x86/kvm/mmu/mmu.c
@@
statement S;
@@
kvm_mmu_init_memslot_memory_attributes(...)
{
<...
for (
- level = PG_LEVEL_2M
+ level = PG_LEVEL_1G
 ; level <= KVM_MAX_HUGEPAGE_LEVEL; level++) S
...>
}
