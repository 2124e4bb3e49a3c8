// SPDX-License-Identifier: GPL-2.0-only
// Name: no_guest_memfd_found_late
// Class: EQUIVALENT
// Origin: plausible
// A user would see: nothing: without a file kvm_gmem_get_pfn() fails, and the exit is the same
// Observable: no: the same exit by another way
// File: arch/x86/kvm/mmu/mmu.c
@@
@@
(
- !kvm_slot_has_gmem(fault->slot)
+ !kvm_slot_has_gmem(fault->slot) && !fault->slot->npages
|
- !kvm_slot_can_be_private(fault->slot)
+ !kvm_slot_can_be_private(fault->slot) && !fault->slot->npages
)
