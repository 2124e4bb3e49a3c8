// SPDX-License-Identifier: GPL-2.0-only
// Name: huge_pfn_not_rounded
// Class: UNSAFE
// First: memslot memslot.base_misaligned_to_1G.as_written
// Origin: plausible
// A user would see: a hugepage is mapped to another place than its memory
// Observable: yes: contents, or the kernel warns
// File: arch/x86/kvm/mmu/mmu.c
// Afterwards: reboot; memory of the kernel may have been overwritten
@@
expression mask;
@@
kvm_mmu_hugepage_adjust(...)
{
<...
- fault->pfn &= ~mask;
+ fault->pfn &= ~(mask & 0);
...>
}
