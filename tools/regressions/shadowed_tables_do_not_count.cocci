// SPDX-License-Identifier: GPL-2.0-only
// Name: shadowed_tables_do_not_count
// Class: ERR
// Origin: plausible
// A user would see: where the guest has page tables for a guest of its own, KVM splits a hugepage on each write
// Observable: yes: leaves of 2M
// First: nested_hugepage hugepage.their_hugepages_are_small_while_used
// File: arch/x86/kvm/mmu/mmu.c
@@
expression slot, gfn;
@@
account_shadowed(...)
{
<...
- kvm_mmu_gfn_disallow_lpage(slot, gfn);
...>
}
@@
expression slot, gfn;
@@
unaccount_shadowed(...)
{
<...
- kvm_mmu_gfn_allow_lpage(slot, gfn);
...>
}
