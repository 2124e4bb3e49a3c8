// SPDX-License-Identifier: GPL-2.0-only
// Name: range_not_added
// Class: RACE
// First: race hole.fault_during_hole
// Origin: fixed by 20230921203331.3746712-10; catalogue M29
// A user would see: a fault during the conversion maps what is just being converted
// Observable: yes: the kernel warns
// File: virt/kvm/kvm_main.c
@@
@@
kvm_pre_set_memory_attributes(...)
{
...
- kvm_mmu_invalidate_range_add(kvm, range->start, range->end);
...
}
