// SPDX-License-Identifier: GPL-2.0-only
// Name: host_level_of_memslot_end
// Class: UNSAFE
// First: backing source.anonymous_thp.changes_by_host
// Origin: plausible
// A user would see: a hugepage over host memory of small pages: the guest reaches other memory
// Observable: yes: pages_2m rises where pages_4k should, where the host split a hugepage
// File: arch/x86/kvm/mmu/mmu.c
// Afterwards: reboot; memory of the kernel may have been overwritten
@@
@@
host_pfn_mapping_level(...)
{
<...
- hva = __gfn_to_hva_memslot(slot, gfn);
+ hva = __gfn_to_hva_memslot(slot, slot->base_gfn + slot->npages - 1);
...>
}
