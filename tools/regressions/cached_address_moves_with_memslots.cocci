// SPDX-License-Identifier: GPL-2.0-only
// Name: cached_address_moves_with_memslots
// Class: UNSAFE
// Origin: plausible, of a blind test
// A user would see: the guest waits for ever for a page of which KVM tells elsewhere
// Observable: yes: what the guest is told
// First: async_fault told.although_memslots_change_meanwhile
// File: virt/kvm/kvm_main.c
@@
@@
kvm_read_guest_offset_cached(...)
{
<...
- __kvm_gfn_to_hva_cache_init(slots, ghc, ghc->gpa, ghc->len)
+ __kvm_gfn_to_hva_cache_init(slots, ghc, gpa, len)
...>
}
