// SPDX-License-Identifier: GPL-2.0-only
// Name: shadow_paging_protects_other_pages
// Class: UNSAFE
// Origin: held out
// A user would see: what a guest of the guest writes behind the first 64 pages is lost in a migration
// Observable: yes: a page is not dirty
// First: nested memory.shadow_paging.what_either_writes_is_logged
// Needs: amd
// File: arch/x86/kvm/mmu/mmu.c
@@
@@
kvm_mmu_write_protect_pt_masked(...)
{
<...
- gfn_to_rmap(slot->base_gfn + gfn_offset + __ffs(mask), PG_LEVEL_4K, slot)
+ gfn_to_rmap(slot->base_gfn + __ffs(mask), PG_LEVEL_4K, slot)
...>
}
