// SPDX-License-Identifier: GPL-2.0-only
// Name: shadow_paging_stays_writable
// Class: UNSAFE
// Origin: plausible
// A user would see: what a guest of the guest writes is lost in a migration
// Observable: yes: a page is not dirty
// First: nested memory.shadow_paging.what_either_writes_is_logged
// Needs: amd
// File: arch/x86/kvm/mmu/mmu.c
@@
expression slot, kvm;
@@
kvm_mmu_write_protect_pt_masked(...)
{
<...
- rmap_write_protect(...);
...>
}
