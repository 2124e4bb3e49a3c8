// SPDX-License-Identifier: GPL-2.0-only
// Name: host_changes_reach_first_space_only
// Class: UNSAFE
// Origin: held out
// A user would see: what the guest reaches in system management mode is memory that the host has given to somebody else
// Observable: yes: contents
// First: smm two_spaces.pages.host_takes_memory_that_both_have
// File: virt/kvm/kvm_main.c
@@
expression kvm;
@@
kvm_handle_hva_range(...)
{
<...
- kvm_arch_nr_memslot_as_ids(kvm)
+ 1
...>
}
