// SPDX-License-Identifier: GPL-2.0-only
// Name: initially_set_alone
// Class: ERR
// Origin: held out
// A user would see: manual protection that nobody has switched on
// Observable: yes: the capability is not refused
// First: capability of_vm.default_type.manual_protection
// File: virt/kvm/kvm_main.c
@@
expression cap;
identifier allowed_options;
@@
- cap->args[0] & ~allowed_options
+ cap->args[0] & ~KVM_DIRTY_LOG_MANUAL_CAPS
