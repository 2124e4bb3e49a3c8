// SPDX-License-Identifier: GPL-2.0-only
// Name: whole_memslot_zapped
// Class: PERF
// Origin: plausible
// A user would see: a conversion unmaps the whole memslot
// Observable: yes: leaves of neighbours go
// File: arch/x86/kvm/mmu/mmu.c
@@
@@
kvm_arch_pre_set_memory_attributes(...)
{
...
+ range->start = slot->base_gfn;
+ range->end = slot->base_gfn + slot->npages;
return kvm_unmap_gfn_range(kvm, range);
}
