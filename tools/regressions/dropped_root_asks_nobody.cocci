// SPDX-License-Identifier: GPL-2.0-only
// Name: dropped_root_asks_nobody
// Class: HANG
// Origin: blind
// A user would see: a vCPU that does not get on
// Observable: yes: KVM_RUN does not end while L2 has a root that was dropped
// First: nested_table tables.pages.l2_goes_on_when_its_root_is_dropped
// File: arch/x86/kvm/mmu/mmu.c
@@
identifier Z;
@@
__kvm_mmu_prepare_zap_page(...)
{
<...
- if (Z)
+ if (0)
	kvm_make_all_cpus_request(..., KVM_REQ_MMU_FREE_OBSOLETE_ROOTS);
...>
}
