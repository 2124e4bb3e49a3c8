// SPDX-License-Identifier: GPL-2.0-only
// Name: level_1G_not_updated
// Class: UNSAFE
// First: memslot memslot.base_misaligned_to_1G.as_written
// Origin: plausible; catalogue M01c
// A user would see: a 1G hugepage over private pages
// Observable: yes: pages_1g rises where pages_2m should
// File: arch/x86/kvm/mmu/mmu.c
@@
statement S;
@@
kvm_arch_post_set_memory_attributes(...)
{
<...
for (level = PG_LEVEL_2M;
- level <= KVM_MAX_HUGEPAGE_LEVEL
+ level < KVM_MAX_HUGEPAGE_LEVEL
 ; level++) S
...>
}
