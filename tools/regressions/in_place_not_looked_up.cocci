// SPDX-License-Identifier: GPL-2.0-only
// Name: in_place_not_looked_up
// Class: EQUIVALENT
// Origin: plausible
// A user would see: nothing, in a VM of this type
// Observable: no: a software-protected VM takes the attribute for the kind of access, and has all memory from the file
// File: virt/kvm/guest_memfd.c
// Needs: gmem_attributes
@@
@@
kvm_gmem_is_private(...)
{
<...
- return file && kvm_gmem_is_private_mem(...);
+ return false;
...>
}
