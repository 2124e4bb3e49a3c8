// SPDX-License-Identifier: GPL-2.0-only
// Name: invalidation_start_shrinks
// Class: RACE
// Origin: plausible
// A user would see: a vCPU maps a hugepage over the beginning of what is just being made private
// Observable: yes, with a conversion made to last: pages_2m is not 0 after it
// File: virt/kvm/kvm_main.c
@@
@@
kvm_mmu_invalidate_range_add(...)
{
<...
- min(kvm->mmu_invalidate_range_start, start)
+ max(kvm->mmu_invalidate_range_start, start)
...>
}
