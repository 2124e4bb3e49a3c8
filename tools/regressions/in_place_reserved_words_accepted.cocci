// SPDX-License-Identifier: GPL-2.0-only
// Name: in_place_reserved_words_accepted
// Class: ERR
// First: in_place refused.reserved_words
// Origin: plausible
// A user would see: what a later kernel understands is ignored in silence
// Observable: yes: the errno
// File: virt/kvm/guest_memfd.c
// Needs: gmem_attributes
@@
@@
kvm_gmem_attributes_valid(...)
{
<...
- !memchr_inv(...)
+ true
...>
}
