// SPDX-License-Identifier: GPL-2.0-only
// Name: move_by_other_process_ignored
// Class: UNSAFE
// First: numa migration.uniform.anonymous_thp
// Origin: plausible
// A user would see: guests go on using pages that the host, or somebody who balances its nodes,
// has moved and given to others
// Observable: yes: leaves stay, and contents are lost, when another process moves the memory
// File: virt/kvm/kvm_main.c
@@
@@
kvm_mmu_notifier_invalidate_range_start(...)
{
<...
- kvm_mmu_unmap_gfn_range
+ current->mm != kvm->mm ? (void *)kvm_null_fn : kvm_mmu_unmap_gfn_range
...>
}
