// SPDX-License-Identifier: GPL-2.0-only
// Name: device_outlives_its_entry
// Class: PERF
// Origin: blind
// A user would see: a guest of a guest whose memory is emulated, access by access
// Observable: yes: KVM has no leaf for what was a device and is memory since an emulated store of L1's
// First: nested_table tables.pages.device_of_l2_becomes_memory_by_an_emulated_store
// File: arch/x86/kvm/mmu/mmu.c
@@
expression S;
@@
mmu_page_zap_pte(...)
{
<...
- mmu_spte_clear_no_track(S);
...>
}
