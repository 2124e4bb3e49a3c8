// SPDX-License-Identifier: GPL-2.0-only
// Name: device_of_l2_stays_one
// Class: ERR
// Origin: blind
// A user would see: a guest of a guest that has a device where its memory is
// Observable: yes: L2's read exits to user space
// First: nested_table tables.pages.device_of_l2_becomes_memory_and_back
// File: arch/x86/kvm/mmu/mmu.c
@@
expression G, S;
@@
sync_mmio_spte(...)
{
<...
- if (G != get_mmio_spte_gfn(S)) { ... }
...>
}
