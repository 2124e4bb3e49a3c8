// SPDX-License-Identifier: GPL-2.0-only
// Name: device_over_a_leaf_of_l2
// Class: OOB
// Origin: blind
// A user would see: KVM warns, or writes to freed memory
// Observable: yes: a warning when the host takes the page
// First: nested_table tables.pages.memory_that_the_host_makes_a_device_is_given_up
// File: arch/x86/kvm/mmu/mmu.c
@@
@@
mmu_set_spte(...)
{
...
+ if (unlikely(is_noslot_pfn(pfn))) {
+	mark_mmio_spte(vcpu, sptep, gfn, pte_access);
+	return RET_PF_EMULATE;
+ }
  if (is_shadow_present_pte(...)) { ... }
...
}
