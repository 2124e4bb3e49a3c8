// SPDX-License-Identifier: GPL-2.0-only
// Name: held_by_lru_cache
// Class: ERR
// First: in_place in_place.shared_at_first.conversion_takes_just_its_leaves
// Origin: history: references of the LRU caches, for which the series had to look
// A user would see: EAGAIN for pages that nobody holds, as long as they are new
// Observable: yes: the errno
// File: virt/kvm/guest_memfd.c
// Needs: gmem_attributes
@@
@@
kvm_gmem_is_held(...)
{
...
- lru_cache_drain_for_folio(...);
...
}
