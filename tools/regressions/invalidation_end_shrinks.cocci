// SPDX-License-Identifier: GPL-2.0-only
// Name: invalidation_end_shrinks
// Class: RACE
// Origin: plausible
// A user would see: a vCPU maps a hugepage over the end of what is just being made private
// Observable: yes, with a conversion made to last: pages_2m is not 0 after it
// First: race window.tail_of_2M.fault_during_conversion
// File: virt/kvm/kvm_main.c
@@
@@
kvm_mmu_invalidate_range_add(...)
{
<...
- max(kvm->mmu_invalidate_range_end, end)
+ min(kvm->mmu_invalidate_range_end, end)
...>
}
