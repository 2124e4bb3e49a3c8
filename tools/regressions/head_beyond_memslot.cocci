// SPDX-License-Identifier: GPL-2.0-only
// Name: head_beyond_memslot
// Class: OOB
// Origin: commit 992b54bd083c reverted; catalogue M06
// A user would see: flags read behind the end of lpage_info
// Observable: yes, without KASAN only where lpage_info fills its page: Oops
// File: arch/x86/kvm/mmu/mmu.c
@@
@@
kvm_arch_post_set_memory_attributes(...)
{
<...
- gfn >= slot->base_gfn && gfn + nr_pages <= slot->base_gfn + slot->npages
+ gfn >= slot->base_gfn
...>
}
