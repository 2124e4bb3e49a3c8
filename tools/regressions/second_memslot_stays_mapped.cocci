// SPDX-License-Identifier: GPL-2.0-only
// Name: second_memslot_stays_mapped
// Class: UNSAFE
// Origin: held out
// A user would see: the guest goes on with memory that the host has dropped
// Observable: yes: leaves stay
// First: host_change change.two_memslots_side_by_side_lose_their_leaves
// File: virt/kvm/kvm_main.c
@@
identifier r, range, gfn_range;
@@
  r.ret |= range->handler(kvm, &gfn_range);
+ if (r.ret && range->flush_on_ret)
+ 	break;
