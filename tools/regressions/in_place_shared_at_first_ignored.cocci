// SPDX-License-Identifier: GPL-2.0-only
// Name: in_place_shared_at_first_ignored
// Class: ERR
// First: in_place in_place.shared_at_first.all_leaves_are_4K
// Origin: plausible
// A user would see: the host cannot fill the memory that a VM starts with
// Observable: yes: SIGBUS
// File: virt/kvm/guest_memfd.c
// Needs: gmem_attributes
@@
@@
kvm_gmem_was_private(...)
{
- return ...;
+ return true;
}
