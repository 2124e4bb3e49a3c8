// SPDX-License-Identifier: GPL-2.0-only
// Name: guest_memfd_only_served_by_host
// Class: ERR
// First: backing source.guest_memfd_only.conversions
// Origin: plausible
// A user would see: a guest_memfd-only memslot has no shared memory: KVM_RUN fails with EFAULT
// Observable: yes: EFAULT instead of memory
// File: arch/x86/kvm/mmu/mmu.c
@@
@@
__kvm_mmu_faultin_pfn(...)
{
<...
- if (fault->is_private || kvm_memslot_is_gmem_only(fault->slot))
+ if (fault->is_private)
	return kvm_mmu_faultin_pfn_gmem(...);
...>
}
