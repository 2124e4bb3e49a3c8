// SPDX-License-Identifier: GPL-2.0-only
// Name: private_served_from_host_memory
// Class: UNSAFE
// Origin: plausible
// A user would see: a private page is backed by memory that the host can read and write
// Observable: yes: the guest reads shared content from a private page
// File: arch/x86/kvm/mmu/mmu.c
// Afterwards: reboot; memory of the kernel may have been overwritten
@@
@@
__kvm_mmu_faultin_pfn(...)
{
<...
(
- fault->is_private || kvm_memslot_is_gmem_only(fault->slot)
+ (fault->is_private && !fault->slot->userspace_addr) || kvm_memslot_is_gmem_only(fault->slot)
|
- fault->is_private
+ fault->is_private && !fault->slot->userspace_addr
)
...>
}
