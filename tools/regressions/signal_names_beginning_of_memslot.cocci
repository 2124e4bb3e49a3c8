// SPDX-License-Identifier: GPL-2.0-only
// Name: signal_names_beginning_of_memslot
// Class: ERR
// Origin: plausible
// A user would see: a guest dies of a memory failure that QEMU would have mended
// Observable: yes: si_addr
// First: memory_failure memory_failure.small_page.costs_the_page_that_failed
// File: arch/x86/kvm/mmu/mmu.c
@@
expression slot, gfn;
@@
kvm_send_hwpoison_signal(...)
{
<...
- gfn_to_hva_memslot(slot, gfn)
+ gfn_to_hva_memslot(slot, slot->base_gfn)
...>
}
