// SPDX-License-Identifier: GPL-2.0-only
// Name: read_only_memslot_cannot_be_logged
// Class: ERR
// Origin: held out
// A user would see: a VM with a ROM cannot migrate
// Observable: yes: a memslot is refused
// First: capability of_vm.default_type.memslots
// File: virt/kvm/kvm_main.c
@@
identifier mem, valid_flags;
@@
check_memory_region_flags(...)
{
...
+ if (mem->flags & KVM_MEM_READONLY)
+ 	valid_flags &= ~KVM_MEM_LOG_DIRTY_PAGES;
  if (mem->flags & ~valid_flags)
  	return -EINVAL;
...
}
