// SPDX-License-Identifier: GPL-2.0-only
// Name: hugepages_1G_not_recovered
// Class: PERF
// First: dirty_log dirty_log.uniform_hugepage_1G.automatic
// Origin: plausible; 7.x only, 6.12 has other code
// A user would see: 1G hugepages do not come back when dirty logging ends
// Observable: yes: leaves of 2M where one of 1G should come back
// File: arch/x86/kvm/mmu/tdp_mmu.c
@@
@@
recover_huge_pages_range(...)
{
<...
- iter.level > KVM_MAX_HUGEPAGE_LEVEL
+ iter.level > PG_LEVEL_2M
...>
}
