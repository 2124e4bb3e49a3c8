// SPDX-License-Identifier: GPL-2.0-only
// Name: only_first_child_asked
// Class: UNSAFE
// First: memslot memslot.range_spans_memslots_inside_1G.as_written
// Origin: plausible
// A user would see: a 1G hugepage over private pages behind its first 2M
// Observable: yes: pages_1g rises where pages_2m should
// File: arch/x86/kvm/mmu/mmu.c
@@
statement S;
@@
hugepage_has_attrs(...)
{
<...
for (gfn = start;
- gfn < end
+ gfn < start + KVM_PAGES_PER_HPAGE(level - 1)
 ; gfn += KVM_PAGES_PER_HPAGE(level - 1)) S
...>
}
