// SPDX-License-Identifier: GPL-2.0-only
// Name: reserved_bits_of_l1_ignored
// Class: UNSAFE
// Origin: plausible
// A user would see: an entry that is none yet maps memory to the guest of the guest
// Observable: yes: no exit to the guest
// First: nested_protect tables.pages.l1_is_told_what_they_do_not_allow
// File: arch/x86/kvm/mmu/spte.h
@@
expression bits;
@@
__is_rsvd_bits_set(...)
{
- return pte & bits;
+ return false;
}
