// SPDX-License-Identifier: GPL-2.0-only
// Name: flush_for_other_roots_is_forgotten
// Class: UNSAFE
// Origin: held out
// A user would see: a guest of the guest goes on with memory that is private now
// Observable: yes: no flush is asked for
// First: nested memory.second_root.what_takes_the_leaf_of_l2_flushes
// File: arch/x86/kvm/mmu/tdp_mmu.c
@@
expression kvm, root, start, end, yield, flush;
@@
kvm_tdp_mmu_unmap_gfn_range(...)
{
<...
- tdp_mmu_zap_leafs(kvm, root, start, end, yield, flush)
+ tdp_mmu_zap_leafs(kvm, root, start, end, yield, false)
...>
}
