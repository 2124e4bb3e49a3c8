// SPDX-License-Identifier: GPL-2.0-only
// Name: in_place_beyond_the_end
// Class: ERR
// First: in_place refused.arguments
// Origin: plausible
// A user would see: attributes are set where the file has no pages
// Observable: yes: the errno
// File: virt/kvm/guest_memfd.c
// Needs: gmem_attributes
@@
expression a, b;
@@
kvm_gmem_attributes_valid(...)
{
<...
- a <= i_size_read(b)
+ true
...>
}
