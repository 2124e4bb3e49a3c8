// SPDX-License-Identifier: GPL-2.0-only
// Name: ept_mmio_not_cached
// Class: EQUIVALENT
// Origin: plausible
// A user would see: slower devices: each access looks for a memslot
// Observable: no
// File: arch/x86/kvm/mmu/spte.c
// Needs: intel
@@
expression a, b;
@@
kvm_mmu_set_ept_masks(...)
{
<...
- kvm_mmu_set_mmio_spte_mask(a, b, 0);
+ kvm_mmu_set_mmio_spte_mask(0, b, 0);
...>
}
