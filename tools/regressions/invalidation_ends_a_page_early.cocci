// SPDX-License-Identifier: GPL-2.0-only
// Name: invalidation_ends_a_page_early
// Class: RACE
// First: race window.page_itself_in_mixed_2M.fault_during_conversion
// Origin: plausible
// A user would see: a vCPU maps the last page of an invalidated range as it was
// Observable: yes, with a conversion made to last: the guest reads shared memory from the private page
// File: virt/kvm/kvm_main.c
@@
expression kvm;
identifier end;
@@
kvm_mmu_invalidate_range_add(...)
{
<...
(
- kvm->mmu_invalidate_range_end = end;
+ kvm->mmu_invalidate_range_end = end - 1;
|
- max(kvm->mmu_invalidate_range_end, end)
+ max(kvm->mmu_invalidate_range_end, end - 1)
)
...>
}
