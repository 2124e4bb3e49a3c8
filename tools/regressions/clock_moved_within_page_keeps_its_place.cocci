// SPDX-License-Identifier: GPL-2.0-only
// Name: clock_moved_within_page_keeps_its_place
// Class: UNSAFE
// Origin: plausible
// A user would see: a guest that moves its clock and waits for the time to pass
// Observable: yes: memory that is no clock any more is written
// First: pvclock clock.moves_within_its_page_and_ends
// File: virt/kvm/pfncache.c
@@
identifier GPC;
expression KHVA, OFFSET;
@@
__kvm_gpc_refresh(struct gfn_to_pfn_cache *GPC, ...)
{
<...
- GPC->khva = KHVA + OFFSET;
+ ;
...>
}
