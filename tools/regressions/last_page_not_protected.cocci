// SPDX-License-Identifier: GPL-2.0-only
// Name: last_page_not_protected
// Class: UNSAFE
// First: dirty_log dirty_log.uniform_hugepage_1G.automatic
// Origin: plausible
// A user would see: the first write to the last page of a memslot is not logged
// Observable: yes: no dirty bit for the last page, mapped when logging began
// File: arch/x86/kvm/mmu/tdp_mmu.c
@@
@@
kvm_tdp_mmu_wrprot_slot(...)
{
<...
- slot->base_gfn + slot->npages
+ slot->base_gfn + slot->npages - 1
...>
}
