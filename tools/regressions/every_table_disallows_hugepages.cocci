// SPDX-License-Identifier: GPL-2.0-only
// Name: every_table_disallows_hugepages
// Class: PERF
// First: nx_hugepage nx_hugepage.mixed_when_recovered.forced
// Origin: plausible
// A user would see: with NX hugepages on, what was mixed once stays small
// Observable: yes: leaves of 4K where one of 2M should be
// File: arch/x86/kvm/mmu/tdp_mmu.c
@@
@@
kvm_tdp_mmu_map(...)
{
<...
- sp->nx_huge_page_disallowed = fault->huge_page_disallowed;
+ sp->nx_huge_page_disallowed = fault->nx_huge_page_workaround_enabled;
...>
}
