// SPDX-License-Identifier: GPL-2.0-only
// Name: nothing_recovered_while_another_is_logged
// Class: PERF
// First: nx_hugepage nx_hugepage.logged.forced
// Origin: plausible; 7.x only, 6.12 has other code
// A user would see: hugepages stay split while any memslot is logged
// Observable: yes: leaves stay where NX hugepages are recovered
// File: arch/x86/kvm/mmu/mmu.c
@@
@@
kvm_mmu_sp_dirty_logging_enabled(...)
{
...
- return kvm_slot_dirty_track_enabled(slot);
+ return true;
}
