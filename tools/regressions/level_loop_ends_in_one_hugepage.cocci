// SPDX-License-Identifier: GPL-2.0-only
// Name: level_loop_ends_in_one_hugepage
// Class: UNSAFE
// First: memslot memslot.base_misaligned_to_1G.as_written
// Origin: exactly v8 (20220915142913.2213336-7); catalogue M01b
// A user would see: a 1G hugepage over a private page or a whole private 2M
// Observable: yes: pages_1g rises where pages_2m should
// File: arch/x86/kvm/mmu/mmu.c
@@
statement S;
expression E;
@@
kvm_arch_post_set_memory_attributes(...)
{
<...
if (gfn < range->end && E) S
+ if (gfn_round_for_level(range->start, level) == gfn_round_for_level(range->end - 1, level))
+	return false;
...>
}
