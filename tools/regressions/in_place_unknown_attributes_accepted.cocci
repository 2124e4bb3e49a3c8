// SPDX-License-Identifier: GPL-2.0-only
// Name: in_place_unknown_attributes_accepted
// Class: ERR
// First: in_place refused.arguments
// Origin: plausible
// A user would see: an attribute that does not exist is taken for none
// Observable: yes: the errno
// File: virt/kvm/guest_memfd.c
// Needs: gmem_attributes
@@
expression supported, attributes;
@@
kvm_gmem_attributes_valid(...)
{
<...
- !(attributes & ~supported)
+ true
...>
}
