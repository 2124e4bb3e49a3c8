// SPDX-License-Identifier: GPL-2.0-only
// Name: vm_attributes_beside_guest_memfd
// Class: ERR
// First: in_place refused.of_the_vm
// Origin: plausible
// A user would see: a VMM that sets the attributes of the VM is told that it has done so
// Observable: yes: the errno
// File: virt/kvm/kvm_main.c
// Needs: gmem_attributes
@@
@@
- if (gmem_in_place_conversion)
+ if (false)
	goto out;
