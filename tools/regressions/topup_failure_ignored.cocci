// SPDX-License-Identifier: GPL-2.0-only
// Name: topup_failure_ignored
// Class: ERR
// First: pressure page_tables.touch.slab_allocations_fail
// Origin: plausible
// A user would see: a warning, or a crash of the host, when page tables run out in the middle of a fault
// Observable: yes, where allocations can be made to fail
// File: arch/x86/kvm/mmu/mmu.c
// Needs: failslab
@@
@@
kvm_tdp_mmu_page_fault(...)
{
...
- r = mmu_topup_memory_caches(vcpu, false);
- if (r)
-	return r;
+ mmu_topup_memory_caches(vcpu, false);
...
}
