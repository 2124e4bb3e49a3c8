// SPDX-License-Identifier: GPL-2.0-only
// Name: init_compares_with_shared
// Class: EQUIVALENT
// Origin: plausible; catalogue E7
// A user would see: nothing yet: a wholly private hugepage counts as mixed, but guest_memfd has only small pages
// Observable: no: private memory is mapped small anyway; ends with hugepages in guest_memfd
// File: arch/x86/kvm/mmu/mmu.c
@@
@@
kvm_mmu_init_memslot_memory_attributes(...)
{
<...
- unsigned long attrs = kvm_get_memory_attributes(kvm, gfn);
+ unsigned long attrs = 0;
...>
}
