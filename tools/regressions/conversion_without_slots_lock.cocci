// SPDX-License-Identifier: GPL-2.0-only
// Name: conversion_without_slots_lock
// Class: RACE
// Origin: plausible
// A user would see: conversions that meet each other, or a change of memslots, leave wrong levels or a VM that hangs
// Observable: yes, if many convert and delete memslots at the same time
// First: memslot_race deletion.holds_up_conversion
// File: virt/kvm/kvm_main.c
// Afterwards: reboot; memory of the kernel may have been overwritten
@@
@@
kvm_vm_set_mem_attributes(...)
{
<...
(
- mutex_lock(&kvm->slots_lock);
|
- mutex_unlock(&kvm->slots_lock);
)
...>
}
