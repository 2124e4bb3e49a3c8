// SPDX-License-Identifier: GPL-2.0-only
// Name: moved_memslot_leaves_its_double
// Class: UNSAFE
// Origin: generated
// A user would see: each move of a memslot costs the host half a KiB for good
// Observable: yes: slabs grow
// First: memory_back left_behind.by_moves_of_a_page
// File: virt/kvm/kvm_main.c
@@
identifier change, invalid_slot;
@@
kvm_set_memslot(...)
{
<...
- if (change == KVM_MR_DELETE || change == KVM_MR_MOVE)
+ if (change == KVM_MR_DELETE)
  	kfree(invalid_slot);
...>
}
