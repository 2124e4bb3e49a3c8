// SPDX-License-Identifier: GPL-2.0-only
// Name: recovered_hugepage_executable
// Class: UNSAFE
// First: nx_hugepage nx_hugepage.logged.forced
// Origin: plausible; 7.x only, 6.12 has other code
// A user would see: with NX hugepages on, the guest executes from a hugepage
// Observable: yes: no split where the guest executes after dirty logging
// File: arch/x86/kvm/mmu/spte.c
@@
@@
make_huge_spte(...)
{
<...
- is_nx_huge_page_enabled(kvm)
+ !kvm
...>
}
