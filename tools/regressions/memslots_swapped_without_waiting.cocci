// SPDX-License-Identifier: GPL-2.0-only
// Name: memslots_swapped_without_waiting
// Class: RACE
// Origin: plausible
// A user would see: a fault that was under way maps what is in no memslot any more
// Observable: yes, with a fault held by userfaultfd: a leaf, or an Oops, after the memslot was deleted
// File: virt/kvm/kvm_main.c
// Afterwards: reboot; memory of the kernel may have been overwritten
@@
@@
kvm_swap_active_memslots(...)
{
<...
- synchronize_srcu_expedited(&kvm->srcu);
...>
}
