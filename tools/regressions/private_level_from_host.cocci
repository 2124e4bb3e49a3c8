// SPDX-License-Identifier: GPL-2.0-only
// Name: private_level_from_host
// Class: PERF
// First: huge_private huge_private.beside_small_host_pages.as_written
// Origin: kvm_mmu_max_mapping_level() before 6.8 knew the host only
// A user would see: private memory small because the shared side is
// Observable: yes: leaves or contents are not the model's
// File: arch/x86/kvm/mmu/mmu.c
// Needs: huge_guest_memfd
@@
expression kvm, slot, gfn;
identifier is_private;
@@
kvm_mmu_max_mapping_level(...)
{
<...
- is_private || kvm_memslot_is_gmem_only(slot)
+ kvm_memslot_is_gmem_only(slot)
...>
}
