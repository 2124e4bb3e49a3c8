// SPDX-License-Identifier: GPL-2.0-only
// Name: mmio_generation_of_8_bits
// Class: UNSAFE
// Origin: plausible, of a blind test
// A user would see: a new memslot that now and then is not there for the guest
// Observable: yes: the exit at a gpa without memslot, 256 changes of memslots later
// First: exits global.mmio_is_forgotten_after_many_changes
// File: arch/x86/kvm/mmu/mmu.c
@@
expression G, K, S, E;
@@
check_mmio_spte(...)
{
...
- K = G & MMIO_SPTE_GEN_MASK;
+ K = G & 0xff;
- S = get_mmio_spte_generation(E);
+ S = get_mmio_spte_generation(E) & 0xff;
...
}
