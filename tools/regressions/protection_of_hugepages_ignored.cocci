// SPDX-License-Identifier: GPL-2.0-only
// Name: protection_of_hugepages_ignored
// Class: UNSAFE
// First: backing source.anonymous.conversions
// Origin: plausible
// A user would see: the guest still writes to hugepages that the host has made read-only
// Observable: yes: leaves stay after mprotect() of 2M
// File: virt/kvm/kvm_main.c
@@
@@
kvm_mmu_notifier_invalidate_range_start(...)
{
<...
- kvm_mmu_unmap_gfn_range
+ range->event == MMU_NOTIFY_PROTECTION_VMA && range->end - range->start >= PMD_SIZE ? kvm_test_age_gfn : kvm_mmu_unmap_gfn_range
...>
}
