// SPDX-License-Identifier: GPL-2.0-only
// Name: aligned_head_taken_as_uniform
// Class: UNSAFE
// Origin: v9 (20221025151344.3784230-7), which scanned only before the range; catalogue M11
// A user would see: a hugepage over a private range at its start
// Observable: yes: pages_2m rises where pages_4k should
// First: memslot memslot.range_spans_two_memslots.as_written
// File: arch/x86/kvm/mmu/mmu.c
@@
@@
kvm_arch_post_set_memory_attributes(...)
{
<...
if (gfn >= slot->base_gfn && gfn + nr_pages <= slot->base_gfn + slot->npages) {
if (
- hugepage_has_attrs(kvm, slot, gfn, level, attrs)
+ gfn == range->start || hugepage_has_attrs(kvm, slot, gfn, level, attrs)
 )
	hugepage_clear_mixed(slot, gfn, level);
else
	hugepage_set_mixed(slot, gfn, level);
}
...>
}
