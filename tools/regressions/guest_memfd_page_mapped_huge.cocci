// SPDX-License-Identifier: GPL-2.0-only
// Name: guest_memfd_page_mapped_huge
// Class: UNSAFE
// First: known_faults known_trait.guest_memfd_is_mapped_small.holds
// Origin: plausible
// A user would see: the guest reaches memory around a page of guest_memfd that is not its own
// Observable: yes: a leaf of 2M where guest_memfd has single pages
// File: arch/x86/kvm/mmu/mmu.c
// Afterwards: reboot; memory of the kernel may have been overwritten
@@
expression E;
@@
kvm_mmu_faultin_pfn_gmem(...)
{
<...
- fault->max_level = kvm_max_level_for_order(E);
+ fault->max_level = PG_LEVEL_2M;
...>
}

@@
@@
kvm_faultin_pfn_private(...)
{
<...
- fault->max_level = kvm_max_private_mapping_level(...);
+ fault->max_level = PG_LEVEL_2M;
...>
}
