// SPDX-License-Identifier: GPL-2.0-only
// Name: private_hugepage_is_1G_or_none
// Class: PERF
// First: known_faults known_trait.guest_memfd_is_mapped_small.holds
// Origin: plausible
// A user would see: private memory is never huge
// Observable: yes: leaves or contents are not the model's
// File: arch/x86/kvm/mmu/mmu.c
// Needs: huge_guest_memfd
@@
expression order;
@@
kvm_max_level_for_order(...)
{
<...
- order >= KVM_HPAGE_GFN_SHIFT(PG_LEVEL_2M)
+ order > KVM_HPAGE_GFN_SHIFT(PG_LEVEL_2M)
...>
}
