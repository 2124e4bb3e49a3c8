// SPDX-License-Identifier: GPL-2.0-only
// Name: nothing_recovered
// Class: PERF
// Origin: plausible; 7.x only, 6.12 has other code
// A user would see: hugepages do not come back when dirty logging ends
// Observable: only if hugepages are asked for without a touch: the model must not assume that they come
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
