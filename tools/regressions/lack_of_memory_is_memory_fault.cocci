// SPDX-License-Identifier: GPL-2.0-only
// Name: lack_of_memory_is_memory_fault
// Class: ERR
// First: pressure page_tables.touch.slab_allocations_fail
// Origin: plausible
// A user would see: KVM_EXIT_MEMORY_FAULT for a page that is as it should be: the VMM converts it
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
+{
+	kvm_mmu_prepare_memory_fault_exit(vcpu, fault);
+	return -EFAULT;
+}
...
}
