// SPDX-License-Identifier: GPL-2.0-only
// Name: recovered_despite_mixed
// Class: UNSAFE
// First: memslot memslot.mixed_when_logging_ends.as_written
// Origin: plausible; 7.x only, 6.12 has other code
// A user would see: when dirty logging ends, mixed pages become a hugepage
// Observable: yes: pages_2m rises where it must not
// File: arch/x86/kvm/mmu/tdp_mmu.c
// Afterwards: reboot; memory of the kernel may have been overwritten
@@
@@
recover_huge_pages_range(...)
{
<...
if (
- max_mapping_level < iter.level
+ max_mapping_level < PG_LEVEL_4K
 )
	continue;
...>
}
