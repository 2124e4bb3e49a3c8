// SPDX-License-Identifier: GPL-2.0-only
// Name: second_space_not_asked_for_use
// Class: PERF
// Origin: held out
// A user would see: memory that only system management mode uses looks idle to the host
// Observable: yes: a used page is idle
// First: aging global.use_in_second_space_is_seen
// File: arch/x86/kvm/mmu/tdp_mmu.c
@@
@@
__kvm_tdp_mmu_age_gfn_range(...)
{
<...
- range->slot->as_id
+ 0
...>
}

// Before 6.13.
@@
@@
kvm_tdp_mmu_handle_gfn(...)
{
<...
- range->slot->as_id
+ 0
...>
}
