// SPDX-License-Identifier: GPL-2.0-only
// Name: clock_of_replaced_memslot_written
// Class: UNSAFE
// Origin: held out
// A user would see: KVM writes the guest's clock to memory that another memslot has taken the place of
// Observable: yes: memory of the old memslot changes, that of the new one does not
// First: pvclock clock.follows_memslot_put_in_its_place
// File: virt/kvm/pfncache.c
@@
identifier gpc, old_uhva, hva_change;
@@
__kvm_gpc_refresh(struct gfn_to_pfn_cache *gpc, ...)
{
<...
 gpc->uhva = gfn_to_hva_memslot(...);
...
- if (gpc->uhva != old_uhva)
-	hva_change = true;
...>
}
