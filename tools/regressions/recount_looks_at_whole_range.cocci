// SPDX-License-Identifier: GPL-2.0-only
// Name: recount_looks_at_whole_range
// Class: PERF
// Origin: plausible; hugepages that a conversion covers need no look
// A user would see: a conversion of 1G takes 26 times as long, larger ones more than that
// Observable: no test does, but make cost RULE=
// Needs: cost
// File: arch/x86/kvm/mmu/mmu.c
@@
identifier level;
@@
kvm_arch_post_set_memory_attributes(...)
{
<...
for (...; gfn + nr_pages <= range->end; ...)
-	hugepage_clear_mixed(slot, gfn, level);
+	if (kvm_range_has_memory_attributes(kvm, range->start, range->end, ~0, attrs))
+		hugepage_clear_mixed(slot, gfn, level);
...>
}
