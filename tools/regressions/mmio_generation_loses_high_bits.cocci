// SPDX-License-Identifier: GPL-2.0-only
// Name: mmio_generation_loses_high_bits
// Class: PERF
// First: exits global.mmio_is_remembered_after_many_changes
// Origin: held out
// A user would see: a VM whose devices get slower once memslots have changed often enough
// Observable: yes: accesses to devices count as faults
// File: arch/x86/kvm/mmu/spte.h
@@
expression gen, spte;
@@
get_mmio_spte_generation(...)
{
<...
- gen |= (spte & MMIO_SPTE_GEN_HIGH_MASK) >> MMIO_SPTE_GEN_HIGH_SHIFT;
...>
}
