// SPDX-License-Identifier: GPL-2.0-only
// Name: nothing_recovered
// Class: PERF
// First: memslot memslot.mixed_when_logging_ends.as_written
// Origin: plausible; 7.x only, 6.12 has other code
// A user would see: hugepages do not come back in place when dirty logging ends
// Observable: yes: the random test finds it; released kernels differ here (6.12 does not promote, 7.3 does), so the suite measures what this one does
// File: arch/x86/kvm/mmu/tdp_mmu.c
@@
@@
recover_huge_pages_range(...)
{
<...
if (
- max_mapping_level < iter.level
+ max_mapping_level <= iter.level
 )
	continue;
...>
}
