// SPDX-License-Identifier: GPL-2.0-only
// Name: failed_split_keeps_root
// Class: ERR
// First: pressure whole.log_begins_without_memory_to_split
// Origin: held out
// A user would see: a warning, and page tables that are never freed, at the end of a VM that once was short of memory
// Observable: yes: the warning
// File: arch/x86/kvm/mmu/tdp_mmu.c
@@
expression r, kvm, root;
@@
kvm_tdp_mmu_try_split_huge_pages(...)
{
<...
if (r) {
- kvm_tdp_mmu_put_root(kvm, root);
break;
}
...>
}
