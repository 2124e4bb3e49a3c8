// SPDX-License-Identifier: GPL-2.0-only
// Name: recovered_while_logged
// Class: PERF
// First: nx_hugepage nx_hugepage.logged.forced
// Origin: plausible; 7.x only, 6.12 has other code
// A user would see: hugepages in a logged memslot are zapped again and again
// Observable: yes: leaves of a logged memslot go when NX hugepages are recovered
// File: arch/x86/kvm/mmu/mmu.c
@@
@@
kvm_mmu_sp_dirty_logging_enabled(...)
{
...
- return kvm_slot_dirty_track_enabled(slot);
+ return false;
}
