// SPDX-License-Identifier: GPL-2.0-only
// Name: manual_protection_never_ends
// Class: ERR
// Origin: plausible, of a blind test
// A user would see: a log that is never cleared, as the process has changed its mind
// Observable: yes: the log twice after KVM_CAP_MANUAL_DIRTY_LOG_PROTECT2 was enabled with 0
// First: dirty_log global.manual_protection_can_be_ended
// File: virt/kvm/kvm_main.c
@@
expression K, C;
@@
- K->manual_dirty_log_protect = C->args[0];
+ K->manual_dirty_log_protect |= C->args[0];
