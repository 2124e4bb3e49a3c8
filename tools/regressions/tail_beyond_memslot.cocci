// SPDX-License-Identifier: GPL-2.0-only
// Name: tail_beyond_memslot
// Class: OOB
// Origin: plausible twin of 992b54bd083c; catalogue M07
// A user would see: flags read behind the end of lpage_info
// Observable: yes, without KASAN only where lpage_info fills its page: Oops
// File: arch/x86/kvm/mmu/mmu.c
@@
@@
kvm_arch_post_set_memory_attributes(...)
{
<...
- gfn < range->end && (gfn + nr_pages) <= (slot->base_gfn + slot->npages)
+ gfn < range->end
...>
}
