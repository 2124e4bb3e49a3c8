// SPDX-License-Identifier: GPL-2.0-only
// Name: first_child_not_asked
// Class: UNSAFE
// First: memslot memslot.private_page_in_first_or_last_2M.as_written
// Origin: plausible off by one
// A user would see: a 1G hugepage over private pages in its first 2M
// Observable: yes: pages_1g rises where pages_2m should
// File: arch/x86/kvm/mmu/mmu.c
@@
statement S;
@@
hugepage_has_attrs(...)
{
<...
for (
- gfn = start
+ gfn = start + KVM_PAGES_PER_HPAGE(level - 1)
 ; gfn < end; gfn += KVM_PAGES_PER_HPAGE(level - 1)) S
...>
}
