// SPDX-License-Identifier: GPL-2.0-only
// Name: tail_not_updated
// Class: UNSAFE
// Origin: plausible; catalogue M09
// A user would see: a hugepage over the end of a private range
// Observable: yes: pages_2m rises where pages_4k should
// File: arch/x86/kvm/mmu/mmu.c
@@
statement S;
expression E;
@@
kvm_arch_post_set_memory_attributes(...)
{
<...
- if (gfn < range->end && E) S
...>
}
