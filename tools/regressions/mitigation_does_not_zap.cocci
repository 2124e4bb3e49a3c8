// SPDX-License-Identifier: GPL-2.0-only
// Name: mitigation_does_not_zap
// Class: UNSAFE
// First: nx_hugepage nx_hugepage.switched_off.forced
// Origin: plausible
// A user would see: hugepages mapped before stay executable when NX hugepages are switched on
// Observable: yes: leaves stay
// File: arch/x86/kvm/mmu/mmu.c
@@
@@
set_nx_huge_pages(...)
{
<...
- kvm_mmu_zap_all_fast(kvm);
...>
}
