// SPDX-License-Identifier: GPL-2.0-only
// Name: hugepages_not_invalidated
// Class: RACE
// Origin: commit 9129633d568e reverted; catalogue M27a
// A user would see: a vCPU maps a hugepage over a page that is just being made private
// Observable: yes, with a conversion made to last: pages_2m is not 0 after it
// File: arch/x86/kvm/mmu/mmu.c
@@
statement S;
@@
kvm_arch_pre_set_memory_attributes(...)
{
<...
for (level = PG_LEVEL_2M;
- level <= KVM_MAX_HUGEPAGE_LEVEL
+ level < PG_LEVEL_2M
 ; level++) S
...>
}
