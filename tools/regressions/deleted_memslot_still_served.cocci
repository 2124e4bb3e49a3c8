// SPDX-License-Identifier: GPL-2.0-only
// Name: deleted_memslot_still_served
// Class: RACE
// First: memslot_race deletion.serves_no_fault
// Origin: plausible
// A user would see: KVM_RUN fails when a vCPU touches a memslot that is just being deleted
// Observable: yes, if vCPUs go on while a memslot is deleted: KVM_RUN fails
// File: arch/x86/kvm/mmu/mmu.c
@@
statement S;
identifier f =~ "^(kvm_mmu_faultin_pfn|kvm_faultin_pfn)$";
@@
f(...)
{
<...
- if (slot->flags & KVM_MEMSLOT_INVALID) S
...>
}
