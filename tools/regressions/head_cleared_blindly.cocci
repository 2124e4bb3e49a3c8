// SPDX-License-Identifier: GPL-2.0-only
// Name: head_cleared_blindly
// Class: UNSAFE
// First: memslot memslot.size_misaligned_to_2M.as_written
// Origin: plausible; catalogue M04a
// A user would see: a hugepage over a private range that begins inside it
// Observable: yes: pages_2m rises where pages_4k should
// File: arch/x86/kvm/mmu/mmu.c
@@
@@
kvm_arch_post_set_memory_attributes(...)
{
<...
- gfn != range->start || gfn + nr_pages > range->end
+ gfn + nr_pages > range->end
...>
}
