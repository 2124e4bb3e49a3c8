// SPDX-License-Identifier: GPL-2.0-only
// Name: punch_leaves_last_page_mapped
// Class: UNSAFE
// Origin: plausible off by one
// A user would see: the guest goes on using the last page of a hole
// Observable: yes: a leaf stays, content
// File: virt/kvm/guest_memfd.c
// Afterwards: reboot; memory of the kernel may have been overwritten
@@
@@
- slot->base_gfn + min(pgoff + slot->npages, end) - pgoff
+ slot->base_gfn + min(pgoff + slot->npages, end) - pgoff - 1
