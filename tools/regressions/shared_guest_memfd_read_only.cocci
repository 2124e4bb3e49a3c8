// SPDX-License-Identifier: GPL-2.0-only
// Name: shared_guest_memfd_read_only
// Class: ERR
// First: backing source.guest_memfd_only.conversions
// Origin: plausible; 7.x only, 6.12 has other code
// A user would see: the guest cannot write to shared pages of a guest_memfd: it hangs
// Observable: yes: a write never ends
// File: arch/x86/kvm/mmu/mmu.c
@@
@@
kvm_mmu_faultin_pfn_gmem(...)
{
<...
- fault->map_writable = !(fault->slot->flags & KVM_MEM_READONLY);
+ fault->map_writable = fault->is_private;
...>
}
