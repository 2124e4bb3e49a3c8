// SPDX-License-Identifier: GPL-2.0-only
// Name: refused_move_leaves_its_double
// Class: UNSAFE
// Origin: generated
// A user would see: each move of a memslot that is refused costs the host half a KiB for good
// Observable: yes: slabs grow
// First: memory_back left_behind.by_refused_moves
// File: virt/kvm/kvm_main.c
@@
identifier kvm, old, invalid_slot;
@@
kvm_set_memslot(...)
{
<...
  kvm_activate_memslot(kvm, invalid_slot, old);
- kfree(invalid_slot);
...>
}
