// SPDX-License-Identifier: GPL-2.0-only
// Name: init_skips_1G
// Class: UNSAFE
// First: memslot memslot.memslot_created_over_attributes_1G.as_written
// Origin: plausible
// A user would see: a memslot made over mixed pages has 1G hugepages over them
// Observable: yes: pages_1g rises where pages_2m should
// File: arch/x86/kvm/mmu/mmu.c
@@
statement S;
@@
kvm_mmu_init_memslot_memory_attributes(...)
{
<...
for (level = PG_LEVEL_2M;
- level <= KVM_MAX_HUGEPAGE_LEVEL
+ level < KVM_MAX_HUGEPAGE_LEVEL
 ; level++) S
...>
}
