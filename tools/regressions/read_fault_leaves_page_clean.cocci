// SPDX-License-Identifier: GPL-2.0-only
// Name: read_fault_leaves_page_clean
// Class: UNSAFE
// Origin: held out
// A user would see: the host drops pages that the guest has written to (MADV_FREE, reclaim)
// Observable: yes: contents
// First: backing mapped_ahead.by_a_read.then_written_survives_reclaim
// File: arch/x86/kvm/mmu/mmu.c
@@
expression fault;
@@
kvm_mmu_finish_page_fault(...)
{
<...
kvm_release_faultin_page(...,
- fault->map_writable
+ fault->write
 )
...>
}
