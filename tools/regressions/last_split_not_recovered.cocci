// SPDX-License-Identifier: GPL-2.0-only
// Name: last_split_not_recovered
// Class: PERF
// First: nx_hugepage nx_hugepage.executed_in_mixed_hugepage.forced
// Origin: plausible
// A user would see: one hugepage of a VM stays split
// Observable: yes: leaves of 4K stay, nx_lpage_splits stays 1
// File: arch/x86/kvm/mmu/mmu.c
@@
@@
kvm_recover_nx_huge_pages(...)
{
<...
- for ( ; to_zap; --to_zap)
+ for ( ; to_zap > 1; --to_zap)
{ ... }
...>
}
