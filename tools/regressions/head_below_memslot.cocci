// SPDX-License-Identifier: GPL-2.0-only
// Name: head_below_memslot
// Class: OOB
// Origin: v8 (20220915142913.2213336-7); catalogue M05
// A user would see: Oops, or damaged memory, at a conversion in a memslot whose base is not aligned to 1G
// Observable: yes: Oops without KASAN
// File: arch/x86/kvm/mmu/mmu.c
@@
@@
kvm_arch_post_set_memory_attributes(...)
{
<...
- gfn >= slot->base_gfn && gfn + nr_pages <= slot->base_gfn + slot->npages
+ gfn + nr_pages <= slot->base_gfn + slot->npages
...>
}
