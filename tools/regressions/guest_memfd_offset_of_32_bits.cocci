// SPDX-License-Identifier: GPL-2.0-only
// Name: guest_memfd_offset_of_32_bits
// Class: UNSAFE
// Origin: plausible, of a blind test
// A user would see: pages 16T apart that are one
// Observable: yes: contents of memslots at offsets 16T apart
// First: binding global.offsets_16T_apart_are_different_pages
// File: virt/kvm/guest_memfd.c
@@
expression S, E;
@@
- S->gmem.pgoff = E;
+ S->gmem.pgoff = (u32)(E);
