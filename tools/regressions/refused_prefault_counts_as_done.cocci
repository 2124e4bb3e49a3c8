// SPDX-License-Identifier: GPL-2.0-only
// Name: refused_prefault_counts_as_done
// Class: ERR
// First: pressure pressure.prefault_of_private_pages.slab_allocations_fail
// Origin: plausible
// A user would see: a pre-fault that ran out of memory says that all is mapped
// Observable: yes, where allocations can be made to fail
// File: arch/x86/kvm/mmu/mmu.c
// Needs: failslab
@@
@@
kvm_arch_vcpu_pre_fault_memory(...)
{
<...
-if (r < 0)
+if (r < 0 && r != -ENOMEM)
	return r;
...>
}
