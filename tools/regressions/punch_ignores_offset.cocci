// SPDX-License-Identifier: GPL-2.0-only
// Name: punch_ignores_offset
// Class: UNSAFE
// First: binding binding.hole_inside_one_memslot
// Origin: kvm_gmem_solo thread, mid 2023: wrong range when a binding has an offset
// A user would see: a hole in a guest_memfd bound at an offset unmaps other pages
// Observable: yes, with a binding at an offset: leaves stay, content
// File: virt/kvm/guest_memfd.c
// Afterwards: reboot; memory of the kernel may have been overwritten
@@
@@
- slot->base_gfn + max(pgoff, start) - pgoff
+ slot->base_gfn + max(pgoff, start)
