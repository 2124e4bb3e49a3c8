// SPDX-License-Identifier: GPL-2.0-only
// Name: page_behind_tail_asked
// Class: PERF
// First: boundary other_page.behind_it.makes_nothing_mixed
// Origin: plausible
// A user would see: a hugepage stays small since the page behind it has the other attribute
// Observable: yes: 4K where there should be 2M; of 1G only the order of questions changes
// File: arch/x86/kvm/mmu/mmu.c
@@
expression E;
@@
kvm_arch_post_set_memory_attributes(...)
{
<...
 if (gfn < range->end && E) {
 if (
- hugepage_has_attrs(kvm, slot, gfn, level, attrs)
+ hugepage_has_attrs(kvm, slot, gfn + 1, level, attrs)
 ) {...} else {...}
 }
...>
}
