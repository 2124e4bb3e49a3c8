// SPDX-License-Identifier: GPL-2.0-only
// Name: guest_memfd_out_of_memory_is_fault
// Class: ERR
// First: pressure pressure.touch_of_private_page.slab_allocations_fail
// Origin: plausible
// A user would see: KVM_EXIT_MEMORY_FAULT with EFAULT for a private page: the VMM takes it for an implicit conversion
// Observable: yes, where allocations can be made to fail
// File: arch/x86/kvm/mmu/mmu.c
// Needs: failslab
@@
@@
r = kvm_gmem_get_pfn(...);
if (r) {
	kvm_mmu_prepare_memory_fault_exit(vcpu, fault);
-	return r;
+	return -EFAULT;
}
