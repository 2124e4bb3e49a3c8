// SPDX-License-Identifier: GPL-2.0-only
// Name: only_one_root_is_unmapped
// Class: UNSAFE
// Origin: plausible
// A user would see: a guest of the guest, or the guest itself, goes on with memory that is private now
// Observable: yes: contents
// First: nested memory.second_root.conversion_reaches_both
// File: arch/x86/kvm/mmu/tdp_mmu.c
@@
expression kvm, root, start, end, yield, flush;
@@
kvm_tdp_mmu_unmap_gfn_range(...)
{
<...
- flush = tdp_mmu_zap_leafs(kvm, root, start, end, yield, flush);
+ flush = flush ? flush : tdp_mmu_zap_leafs(kvm, root, start, end, yield, flush);
...>
}
