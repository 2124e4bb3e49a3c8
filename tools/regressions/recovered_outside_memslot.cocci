// SPDX-License-Identifier: GPL-2.0-only
// Name: recovered_outside_memslot
// Class: OOB
// Origin: plausible
// A user would see: lpage_info is read outside its bounds when dirty logging ends
// Observable: yes where a page table reaches out of the memslot: Oops or a wrong level
// First: random
// File: arch/x86/kvm/mmu/tdp_mmu.c
@@
@@
- iter.gfn < start || iter.gfn >= end
+ iter.gfn >= end
