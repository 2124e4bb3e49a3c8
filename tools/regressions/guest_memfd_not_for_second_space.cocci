// SPDX-License-Identifier: GPL-2.0-only
// Name: guest_memfd_not_for_second_space
// Class: ERR
// Origin: held out
// A user would see: no guest_memfd for memory of system management mode
// Observable: yes: a memslot is refused
// First: capability of_vm.default_type.guest_memfd_in_either_space
// Equivalent before: 6.18
// File: virt/kvm/kvm_main.c
@@
expression kvm, id;
@@
- as_id >= kvm_arch_nr_memslot_as_ids(kvm) || id >= KVM_MEM_SLOTS_NUM
+ as_id >= kvm_arch_nr_memslot_as_ids(kvm) || id >= KVM_MEM_SLOTS_NUM ||
+ 	(as_id && mem->flags & KVM_MEM_GUEST_MEMFD)
