// SPDX-License-Identifier: GPL-2.0-only
// Name: zap_stops_before_last_gfn
// Class: UNSAFE
// First: memslot last_hugepage.is_zapped_to_its_last_page
// Origin: generated, by make mutate
// A user would see: the old mapping of the last page that a guest can have, after a conversion or without its memslot
// Observable: yes: leaves of the last hugepage
// File: arch/x86/kvm/mmu/tdp_mmu.c
@@
@@
tdp_mmu_max_gfn_exclusive(...)
{
...
- return kvm_mmu_max_gfn() + 1;
+ return kvm_mmu_max_gfn();
}
