// SPDX-License-Identifier: GPL-2.0-only
// Name: change_of_protection_ignored
// Class: UNSAFE
// First: backing
// Origin: plausible
// A user would see: the guest still writes to memory that the host has made read-only
// Observable: yes: leaves stay after mprotect()
// File: virt/kvm/kvm_main.c
@@
@@
kvm_mmu_notifier_invalidate_range_start(...)
{
<...
- kvm_mmu_unmap_gfn_range
+ range->event == MMU_NOTIFY_PROTECTION_VMA ? kvm_test_age_gfn : kvm_mmu_unmap_gfn_range
...>
}
