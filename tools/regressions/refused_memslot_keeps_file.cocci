// SPDX-License-Identifier: GPL-2.0-only
// Name: refused_memslot_keeps_file
// Class: ERR
// Origin: held out
// A user would see: a VM and its memory that never go once a memslot of guest_memfd was refused late
// Observable: yes: the VM is there when all files are closed
// First: refusal refusal.memslot_creation
// Afterwards: reboot
// File: virt/kvm/kvm_main.c
@@
expression E;
identifier change;
@@
kvm_set_memory_region(...)
{
<...
- if (change == KVM_MR_CREATE && (mem->flags & KVM_MEM_GUEST_MEMFD))
+ if (!r && change == KVM_MR_CREATE && (mem->flags & KVM_MEM_GUEST_MEMFD))
	fput(E);
...>
}
