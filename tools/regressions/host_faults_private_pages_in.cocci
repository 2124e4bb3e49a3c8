// SPDX-License-Identifier: GPL-2.0-only
// Name: host_faults_private_pages_in
// Class: UNSAFE
// First: in_place in_place.private_at_first.all_leaves_are_4K
// Origin: plausible
// A user would see: the host reads and writes private pages
// Observable: yes: no SIGBUS
// File: virt/kvm/guest_memfd.c
// Needs: gmem_attributes
@@
@@
kvm_gmem_fault_user_mapping(...)
{
<...
- if (!kvm_gmem_is_shared_mem(...))
-	return VM_FAULT_SIGBUS;
...>
}
