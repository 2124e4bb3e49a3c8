// SPDX-License-Identifier: GPL-2.0-only
// Name: log_is_cleared_in_the_first_space
// Class: UNSAFE
// Origin: plausible, of a blind test
// A user would see: what system management mode writes is missing after a migration
// Observable: yes: the logs of memslots of both address spaces after one was cleared
// First: smm two_spaces.pages.log_is_cleared_in_one_only
// File: virt/kvm/kvm_main.c
@@
expression S, K, I;
@@
kvm_clear_dirty_log_protect(...)
{
...
- S = __kvm_memslots(K, I);
+ S = kvm_memslots(K);
...
}
