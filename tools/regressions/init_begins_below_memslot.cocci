// SPDX-License-Identifier: GPL-2.0-only
// Name: init_begins_below_memslot
// Class: OOB
// Origin: plausible; catalogue M22
// A user would see: Oops, or damaged memory, when a memslot with unaligned base is made
// Observable: yes: Oops without KASAN
// File: arch/x86/kvm/mmu/mmu.c
@@
@@
kvm_mmu_init_memslot_memory_attributes(...)
{
<...
- if (start < slot->base_gfn)
-	start += nr_pages;
...>
}
