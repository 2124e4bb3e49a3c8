// SPDX-License-Identifier: GPL-2.0-only
// Name: internal_memslots_for_users
// Class: ERR
// Origin: held out
// A user would see: user space gets memslots that are KVM's own
// Observable: yes: a memslot is not refused
// First: capability of_vm.default_type.memslots
// File: virt/kvm/kvm_main.c
@@
typedef u16;
expression mem;
@@
- (u16)mem->slot >= KVM_USER_MEM_SLOTS
+ (u16)mem->slot >= KVM_MEM_SLOTS_NUM
