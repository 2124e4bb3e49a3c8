// SPDX-License-Identifier: GPL-2.0-only
// Name: deleted_memslot_not_marked
// Class: RACE
// Origin: plausible
// A user would see: a fault while its memslot is deleted maps what is in no memslot any more
// Observable: yes, if vCPUs go on while a memslot is deleted: leaves stay, old contents
// First: memslot_race deletion.serves_no_fault
// File: virt/kvm/kvm_main.c
// Afterwards: reboot; memory of the kernel may have been overwritten
@@
@@
kvm_invalidate_memslot(...)
{
<...
- invalid_slot->flags |= KVM_MEMSLOT_INVALID;
...>
}
