// SPDX-License-Identifier: GPL-2.0-only
// Name: reserved_bits_of_1g_as_of_2m
// Class: ERR
// Origin: blind
// A user would see: a guest of a guest that reaches memory by a wrong entry
// Observable: yes: L1 is not told of the bits
// First: nested_protect tables.pages.l1_is_told_of_a_leaf_of_1g_that_is_none
// Needs: amd
// File: arch/x86/kvm/mmu/mmu.c
@@
expression F, H, G;
@@
__reset_rsvds_bits_mask(...)
{
<...
  F->rsvd_bits_mask[1][2] = H | G | rsvd_bits(13,
- 29
+ 20
  );
...>
}
