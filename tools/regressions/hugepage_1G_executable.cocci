// SPDX-License-Identifier: GPL-2.0-only
// Name: hugepage_1G_executable
// Class: UNSAFE
// First: nx_hugepage nx_hugepage.executed_in_mapped_hugepage_1G.forced
// Origin: plausible; 7.x only, 6.12 has other code
// A user would see: with NX hugepages on, the guest executes from a 1G hugepage
// Observable: yes: no split where the guest executes
// File: arch/x86/kvm/mmu/spte.c
@@
@@
make_spte(...)
{
<...
if (
- level > PG_LEVEL_4K
+ level == PG_LEVEL_2M
  && is_nx_huge_page_enabled(vcpu->kvm))
	{ ... }
...>
}
