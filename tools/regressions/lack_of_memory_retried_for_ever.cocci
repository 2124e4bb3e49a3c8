// SPDX-License-Identifier: GPL-2.0-only
// Name: lack_of_memory_retried_for_ever
// Class: HANG
// First: pressure page_tables.touch.slab_allocations_fail
// Origin: plausible
// A user would see: a vCPU that spins in the kernel for as long as there is no memory
// Observable: yes, where allocations can be made to fail
// File: arch/x86/kvm/mmu/mmu.c
// Needs: failslab
@@
@@
kvm_tdp_mmu_page_fault(...)
{
...
r = mmu_topup_memory_caches(vcpu, false);
if (r)
-	return r;
+	return RET_PF_RETRY;
...
}
