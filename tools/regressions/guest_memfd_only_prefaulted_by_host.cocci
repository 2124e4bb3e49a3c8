// SPDX-License-Identifier: GPL-2.0-only
// Name: guest_memfd_only_prefaulted_by_host
// Class: ERR
// First: backing source.guest_memfd_only.conversions
// Origin: plausible; 7.x only, 6.12 has other code
// A user would see: KVM_PRE_FAULT_MEMORY fails for shared pages of a guest_memfd-only memslot
// Observable: yes: an errno instead of leaves
// File: arch/x86/kvm/mmu/mmu.c
@@
@@
__kvm_mmu_faultin_pfn(...)
{
<...
- if (fault->is_private || kvm_memslot_is_gmem_only(fault->slot))
+ if (fault->is_private || (kvm_memslot_is_gmem_only(fault->slot) && !fault->prefetch))
	return kvm_mmu_faultin_pfn_gmem(...);
...>
}
