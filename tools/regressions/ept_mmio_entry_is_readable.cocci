// SPDX-License-Identifier: GPL-2.0-only
// Name: ept_mmio_entry_is_readable
// Class: UNSAFE
// Origin: plausible
// A user would see: a guest that reads memory of the host where a device is
// Observable: yes: no KVM_EXIT_MMIO
// File: arch/x86/kvm/mmu/spte.c
// Needs: intel
// First: exits
@@
@@
kvm_mmu_set_ept_masks(...)
{
<...
- kvm_mmu_set_mmio_spte_mask(VMX_EPT_MISCONFIG_WX_VALUE, ...);
+ kvm_mmu_set_mmio_spte_mask(VMX_EPT_READABLE_MASK | VMX_EPT_EXECUTABLE_MASK, VMX_EPT_RWX_MASK, 0);
...>
}
