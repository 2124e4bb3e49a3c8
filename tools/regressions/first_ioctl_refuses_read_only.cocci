// SPDX-License-Identifier: GPL-2.0-only
// Name: first_ioctl_refuses_read_only
// Class: ERR
// Origin: held out
// A user would see: no ROM for who uses the first ioctl
// Observable: yes: a memslot is refused
// First: capability of_vm.default_type.memslots
// File: virt/kvm/kvm_main.c
@@
@@
- KVM_SET_USER_MEMORY_REGION_V1_FLAGS
+ KVM_MEM_LOG_DIRTY_PAGES
