// SPDX-License-Identifier: GPL-2.0-only
// Name: tail_stays_mixed
// Class: PERF
// Origin: plausible
// A user would see: a hugepage whose beginning becomes shared again, with what is before it, is lost
// Observable: yes: pages_4k rises where pages_2m should
// First: memslot memslot.base_and_host_address_equally_misaligned.as_written
// File: arch/x86/kvm/mmu/mmu.c
@@
@@
kvm_arch_post_set_memory_attributes(...)
{
<...
if (gfn < range->end && (gfn + nr_pages) <= (slot->base_gfn + slot->npages)) {
if (hugepage_has_attrs(kvm, slot, gfn, level, attrs))
-	hugepage_clear_mixed(slot, gfn, level);
+	;
else
	hugepage_set_mixed(slot, gfn, level);
}
...>
}
