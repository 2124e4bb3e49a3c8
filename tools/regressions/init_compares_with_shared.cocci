// SPDX-License-Identifier: GPL-2.0-only
// Name: init_compares_with_shared
// Class: PERF
// Equivalent without: huge_guest_memfd
// First: huge_private huge_private.attributes_before_memslot.as_written
// Origin: plausible; catalogue E7
// A user would see: private memory small in a memslot that comes after its attributes
// Observable: only with hugepages in guest_memfd; elsewhere private memory is mapped small anyway
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
