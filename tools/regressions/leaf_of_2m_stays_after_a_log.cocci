// SPDX-License-Identifier: GPL-2.0-only
// Name: leaf_of_2m_stays_after_a_log
// Class: PERF
// Origin: blind
// A user would see: a guest of a guest that is slow after a migration that was given up
// Observable: yes: L2 has its 1G by a leaf of 2M
// First: nested_hugepage hugepage.page_of_1g_is_large_for_l2_after_a_log
// File: arch/x86/kvm/mmu/mmu.c
@@
@@
kvm_rmap_zap_collapsible_sptes(...)
{
<...
- KVM_MAX_HUGEPAGE_LEVEL - 1
+ PG_LEVEL_4K
...>
}
