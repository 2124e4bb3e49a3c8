// SPDX-License-Identifier: GPL-2.0-only
// Name: init_ends_beyond_memslot
// Class: OOB
// Origin: plausible; catalogue M23
// A user would see: Oops, or damaged memory, when a memslot with unaligned end is made
// Observable: yes: Oops where lpage_info fills its page
// File: arch/x86/kvm/mmu/mmu.c
@@
@@
kvm_mmu_init_memslot_memory_attributes(...)
{
<...
- gfn_round_for_level(slot->base_gfn + slot->npages, level)
+ slot->base_gfn + slot->npages
...>
}
