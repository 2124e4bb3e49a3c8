// SPDX-License-Identifier: GPL-2.0-only
// Name: guest_memfd_offset_ignored
// Class: UNSAFE
// Origin: plausible
// A user would see: private pages of a binding at an offset are not found
// Observable: yes, with a binding at an offset: EIO
// File: virt/kvm/guest_memfd.c
@@
@@
- gfn - slot->base_gfn + slot->gmem.pgoff
+ gfn - slot->base_gfn
