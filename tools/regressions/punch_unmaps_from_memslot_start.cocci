// SPDX-License-Identifier: GPL-2.0-only
// Name: punch_unmaps_from_memslot_start
// Class: PERF
// First: binding binding.hole_inside_one_memslot
// Origin: plausible
// A user would see: a hole unmaps all before it, too
// Observable: yes: leaves of neighbours go
// File: virt/kvm/guest_memfd.c
@@
@@
- slot->base_gfn + max(pgoff, start) - pgoff
+ slot->base_gfn
