// SPDX-License-Identifier: GPL-2.0-only
// Name: only_first_2M_of_change_unmapped
// Class: UNSAFE
// First: backing source.anonymous.conversions
// Origin: plausible
// A user would see: the guest still reaches memory that the host has dropped
// Observable: yes: leaves stay after madvise() on more than 2M
// File: virt/kvm/kvm_main.c
// Afterwards: reboot; memory of the kernel may have been overwritten
@@
@@
kvm_mmu_notifier_invalidate_range_start(...)
{
<...
- range->end
+ min(range->end, range->start + PMD_SIZE)
...>
}
