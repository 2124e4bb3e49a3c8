// SPDX-License-Identifier: GPL-2.0-only
// Name: memslot_of_closed_file_stays_mapped
// Class: UNSAFE
// Origin: held out
// A user would see: the guest goes on using the host's memory after the memslot is deleted
// Observable: yes: leaves stay
// First: binding binding.closed_guest_memfd_is_unmapped
// File: arch/x86/kvm/mmu/mmu.c
@@
identifier kvm, slot;
@@
kvm_arch_flush_shadow_memslot(struct kvm *kvm, struct kvm_memory_slot *slot)
{
<...
+ if (kvm_slot_has_gmem(slot) && !slot->gmem.file)
+ 	return;
  write_lock(&kvm->mmu_lock);
...>
}
