// SPDX-License-Identifier: GPL-2.0-only
// Name: head_never_set_mixed
// Class: UNSAFE
// Origin: plausible
// A user would see: a hugepage over the head of a private range
// Observable: yes: pages_2m rises where pages_4k should
// First: memslot memslot.size_misaligned_to_2M.as_written
// File: arch/x86/kvm/mmu/mmu.c
@@
@@
kvm_arch_post_set_memory_attributes(...)
{
<...
if (gfn >= slot->base_gfn && gfn + nr_pages <= slot->base_gfn + slot->npages) {
if (hugepage_has_attrs(kvm, slot, gfn, level, attrs))
	hugepage_clear_mixed(slot, gfn, level);
- else
-	hugepage_set_mixed(slot, gfn, level);
}
...>
}
