// SPDX-License-Identifier: GPL-2.0-only
// Name: shadow_pages_outlive_their_link
// Class: PERF
// Origin: held out
// A user would see: a host whose memory fills with page tables that no guest of a guest has any more
// Observable: yes: leaves that stay
// First: nested_table tables.pages.what_l1_gives_up_is_given_back
// File: arch/x86/kvm/mmu/mmu.c
@@
expression K, SP, S, LIST;
@@
kvm_mmu_track_write(...)
{
<...
- mmu_page_zap_pte(K, SP, S, &LIST)
+ mmu_page_zap_pte(K, SP, S, NULL)
...>
}
