// SPDX-License-Identifier: GPL-2.0-only
// Name: init_compares_with_first_page
// Class: PERF
// First: memslot memslot.memslot_created_over_private_beginning.as_written
// Origin: plausible
// A user would see: a memslot that begins with a private page gets no shared hugepages
// Observable: yes: pages_4k rises where pages_2m should
// File: arch/x86/kvm/mmu/mmu.c
@@
@@
kvm_mmu_init_memslot_memory_attributes(...)
{
<...
- kvm_get_memory_attributes(kvm, gfn)
+ kvm_get_memory_attributes(kvm, slot->base_gfn)
...>
}
