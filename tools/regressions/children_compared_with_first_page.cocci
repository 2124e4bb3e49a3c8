// SPDX-License-Identifier: GPL-2.0-only
// Name: children_compared_with_first_page
// Class: EQUIVALENT
// Origin: the idea of v9; catalogue E3
// A user would see: nothing: all children of the hugepage are asked, so one of them differs either way
// Observable: no: some child differs from the first page exactly if not all have the attribute
// File: arch/x86/kvm/mmu/mmu.c
@@
@@
hugepage_has_attrs(...)
{
<...
- attrs != kvm_get_memory_attributes(kvm, gfn)
+ kvm_get_memory_attributes(kvm, start) != kvm_get_memory_attributes(kvm, gfn)
...>
}
