// SPDX-License-Identifier: GPL-2.0-only
// Name: level_loop_ends_after_head
// Class: UNSAFE
// First: memslot memslot.base_misaligned_to_1G.as_written
// Origin: v7 sketch, v8 to v10 of the series (20220915142913.2213336-7); catalogue M01a
// A user would see: a 1G hugepage over a private page, once a 2M head ended the range
// Observable: yes: pages_1g rises where pages_2m should
// File: arch/x86/kvm/mmu/mmu.c
@@
@@
kvm_arch_post_set_memory_attributes(...)
{
<...
gfn += nr_pages;
+ if (gfn >= range->end)
+	return false;
...>
}
