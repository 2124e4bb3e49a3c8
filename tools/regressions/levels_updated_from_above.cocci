// SPDX-License-Identifier: GPL-2.0-only
// Name: levels_updated_from_above
// Class: PERF
// First: memslot memslot.base_misaligned_to_1G.as_written
// Origin: plausible: the comment says "The sequence matters here"; catalogue M02
// A user would see: 1G hugepages do not come back after a conversion back
// Observable: yes: pages_2m rises where pages_1g should
// File: arch/x86/kvm/mmu/mmu.c
@@
statement S;
@@
kvm_arch_post_set_memory_attributes(...)
{
<...
for (
- level = PG_LEVEL_2M; level <= KVM_MAX_HUGEPAGE_LEVEL; level++
+ level = KVM_MAX_HUGEPAGE_LEVEL; level >= PG_LEVEL_2M; level--
 ) S
...>
}
