// SPDX-License-Identifier: GPL-2.0-only
// Name: level_2M_not_updated
// Class: UNSAFE
// Origin: plausible
// A user would see: a 2M hugepage over private pages
// Observable: yes: pages_2m rises where pages_4k should
// File: arch/x86/kvm/mmu/mmu.c
@@
statement S;
@@
kvm_arch_post_set_memory_attributes(...)
{
<...
for (
- level = PG_LEVEL_2M
+ level = PG_LEVEL_1G
 ; level <= KVM_MAX_HUGEPAGE_LEVEL; level++) S
...>
}
