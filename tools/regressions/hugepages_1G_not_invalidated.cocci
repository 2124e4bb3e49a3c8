// SPDX-License-Identifier: GPL-2.0-only
// Name: hugepages_1G_not_invalidated
// Class: RACE
// Origin: plausible; catalogue M27b
// A user would see: a vCPU maps a 1G hugepage over a page that is just being made private
// Observable: yes, with a conversion made to last: pages_1g is not 0 after it
// First: race window.head_of_1G.fault_during_conversion
// File: arch/x86/kvm/mmu/mmu.c
@@
statement S;
@@
kvm_arch_pre_set_memory_attributes(...)
{
<...
for (level = PG_LEVEL_2M;
- level <= KVM_MAX_HUGEPAGE_LEVEL
+ level < KVM_MAX_HUGEPAGE_LEVEL
 ; level++) S
...>
}
