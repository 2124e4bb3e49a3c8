// SPDX-License-Identifier: GPL-2.0-only
// Name: head_test_without_end
// Class: EQUIVALENT
// Origin: plausible; catalogue E1
// A user would see: nothing: the tail branch does the same work
// Observable: no: the same flags by another way
// File: arch/x86/kvm/mmu/mmu.c
@@
@@
kvm_arch_post_set_memory_attributes(...)
{
<...
- gfn != range->start || gfn + nr_pages > range->end
+ gfn != range->start
...>
}
