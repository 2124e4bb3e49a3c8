// SPDX-License-Identifier: GPL-2.0-only
// Name: level_2M_always_uniform
// Class: UNSAFE
// Origin: plausible
// A user would see: a 2M hugepage over private pages
// Observable: yes: pages_2m rises where pages_4k should
// File: arch/x86/kvm/mmu/mmu.c
@@
@@
hugepage_has_attrs(...)
{
<...
if (level == PG_LEVEL_2M)
- return kvm_range_has_memory_attributes(kvm, start, end, ~0, attrs);
+ return true;
...>
}
