// SPDX-License-Identifier: GPL-2.0-only
// Name: split_forgets_what_l1_protects
// Class: UNSAFE
// Origin: blind
// A user would see: a guest of a guest that writes where it must not
// Observable: yes: L2's write is done while a log is on
// First: nested_protect tables.pages.protected_place_stays_so_when_a_log_splits_it
// File: arch/x86/kvm/mmu/mmu.c
@@
expression S, P;
@@
shadow_mmu_get_sp_for_split(...)
{
<...
- kvm_mmu_page_get_access(S, spte_index(P))
+ S->role.access
...>
}
