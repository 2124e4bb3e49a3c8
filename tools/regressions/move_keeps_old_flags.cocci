// SPDX-License-Identifier: GPL-2.0-only
// Name: move_keeps_old_flags
// Class: UNSAFE
// Origin: held out
// A user would see: a memslot that is moved and logged in one call is not logged
// Observable: yes: dirty log
// First: dirty_log neighbour.log_begins_and_ends_with_a_move
// File: virt/kvm/kvm_main.c
@@
identifier new, mem;
@@
kvm_set_memory_region(...)
{
<...
- new->flags = mem->flags;
+ new->flags = change == KVM_MR_MOVE ? old->flags : mem->flags;
...>
}
