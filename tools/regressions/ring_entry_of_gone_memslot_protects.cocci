// SPDX-License-Identifier: GPL-2.0-only
// Name: ring_entry_of_gone_memslot_protects
// Class: OOB
// First: dirty_ring ring.entries_outlive_their_memslot
// Origin: plausible
// A user would see: writes to one memslot that fault since another one was larger before
// Observable: yes: pages of the memslot behind are in the ring twice
// File: virt/kvm/dirty_ring.c
@@
expression memslot, offset, mask;
@@
kvm_reset_dirty_gfn(...)
{
<...
- if (!memslot || offset >= memslot->npages || offset + __fls(mask) >= memslot->npages)
+ if (!memslot)
return;
...>
}
