// SPDX-License-Identifier: GPL-2.0-only
// Name: host_level_of_page_behind
// Class: UNSAFE
// First: backing thp.dropped_in_part.anonymous
// Origin: plausible
// A user would see: the last page of a hugepage of the host is mapped small, or one of small pages huge: the guest reaches other memory
// Observable: yes: pages_2m rises where pages_4k should, and the reverse, before a hugepage that the host split
// File: arch/x86/kvm/mmu/mmu.c
// Afterwards: reboot; memory of the kernel may have been overwritten
@@
@@
host_pfn_mapping_level(...)
{
<...
- hva = __gfn_to_hva_memslot(slot, gfn);
+ hva = __gfn_to_hva_memslot(slot, gfn + 1 < slot->base_gfn + slot->npages ? gfn + 1 : gfn);
...>
}
