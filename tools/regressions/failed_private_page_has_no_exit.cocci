// SPDX-License-Identifier: GPL-2.0-only
// Name: failed_private_page_has_no_exit
// Class: ERR
// First: memory_failure private_memory_failure.uniform_hugepage.costs_the_page_that_failed
// Origin: plausible
// A user would see: a guest that ends without a word of which page has failed
// Observable: yes: no KVM_EXIT_MEMORY_FAULT with EHWPOISON
// File: arch/x86/kvm/mmu/mmu.c
@@
expression vcpu, fault;
identifier r;
@@
 r = kvm_gmem_get_pfn(...);
 if (r) {
- 	kvm_mmu_prepare_memory_fault_exit(vcpu, fault);
+ 	if (r != -EHWPOISON)
+ 		kvm_mmu_prepare_memory_fault_exit(vcpu, fault);
 	return r;
 }
