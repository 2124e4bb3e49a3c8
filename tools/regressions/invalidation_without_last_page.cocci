// SPDX-License-Identifier: GPL-2.0-only
// Name: invalidation_without_last_page
// Class: RACE
// First: race window.page_itself_in_mixed_2M.fault_during_conversion
// Origin: plausible
// A user would see: a vCPU maps the last page as it was while it is converted
// Observable: yes, with a conversion made to last: the guest reads shared memory from the private page
// File: virt/kvm/kvm_main.c
@@
@@
kvm_pre_set_memory_attributes(...)
{
<...
- kvm_mmu_invalidate_range_add(kvm, range->start, range->end)
+ kvm_mmu_invalidate_range_add(kvm, range->start, range->end - 1)
...>
}
