// SPDX-License-Identifier: GPL-2.0-only
// Name: flooded_table_ends_the_search
// Class: UNSAFE
// Origin: blind
// A user would see: a guest of a guest that sees other memory than its tables say
// Observable: yes: by the second way to a table that changed L2 sees the old page
// First: nested_table tables.hugepages.table_used_twice_changes_for_both_ways
// File: arch/x86/kvm/mmu/mmu.c
@@
expression C, S;
@@
kvm_mmu_track_write(...)
{
<...
  kvm_mmu_prepare_zap_page(C, S, ...);
  ++C->stat.mmu_flooded;
- continue;
+ break;
...>
}
