// SPDX-License-Identifier: GPL-2.0-only
// Name: head_not_stepped_over
// Class: UNSAFE
// Origin: plausible; catalogue M04b
// A user would see: a hugepage over a private range that begins inside it
// Observable: yes: pages_2m rises where pages_4k should
// First: memslot memslot.size_misaligned_to_2M.as_written
// File: arch/x86/kvm/mmu/mmu.c
@@
@@
kvm_arch_post_set_memory_attributes(...)
{
<...
- gfn += nr_pages;
...>
}
