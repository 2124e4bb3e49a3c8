// SPDX-License-Identifier: GPL-2.0-only
// Name: protection_counts_bits_for_the_last
// Class: UNSAFE
// Origin: held out
// A user would see: a migration loses what the guest writes
// Observable: yes: dirty log
// First: dirty_log global.cleared_pages_with_gap_across_hugepages
// File: arch/x86/kvm/mmu/mmu.c
@@
expression slot, gfn_offset, mask;
identifier start, end;
@@
kvm_arch_mmu_enable_log_dirty_pt_masked(...)
{
<...
  gfn_t start = slot->base_gfn + gfn_offset + __ffs(mask);
- gfn_t end = slot->base_gfn + gfn_offset + __fls(mask);
+ gfn_t end = start + hweight_long(mask) - 1;
...>
}
