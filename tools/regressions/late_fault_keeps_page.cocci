// SPDX-License-Identifier: GPL-2.0-only
// Name: late_fault_keeps_page
// Class: ERR
// Origin: held out
// A user would see: memory of the host lost for good, a page or a hugepage each time that a fault meets an invalidation
// Observable: yes: the host cannot take the page of a fault that a conversion has overtaken
// First: race stalled.fault_before_conversion
// File: arch/x86/kvm/mmu/mmu.c
@@
expression kvm, seq, gfn;
@@
kvm_mmu_faultin_pfn(...)
{
<...
 if (mmu_invalidate_retry_gfn_unsafe(kvm, seq, gfn)) {
-	kvm_mmu_finish_page_fault(...);
	return RET_PF_RETRY;
 }
...>
}

@@
expression kvm, seq, gfn;
@@
kvm_faultin_pfn(...)
{
<...
 if (mmu_invalidate_retry_gfn_unsafe(kvm, seq, gfn)) {
-	kvm_release_pfn_clean(...);
	return RET_PF_RETRY;
 }
...>
}
