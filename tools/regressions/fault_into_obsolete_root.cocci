// SPDX-License-Identifier: GPL-2.0-only
// Name: fault_into_obsolete_root
// Class: RACE
// Origin: fixed by a955cad84cda (Nov 2021; its absence in 5.15 was reported later)
// A user would see: page tables that nobody zaps nor frees, and leaves that are counted for ever
// Observable: yes: hold a fault by userfaultfd, change kvm.nx_huge_pages, let go: there is a leaf too many
// First: zap_all held.read.leaves_nothing_behind
// File: arch/x86/kvm/mmu/mmu.c
// Afterwards: reboot; memory of the kernel may have been overwritten
@@
expression S;
@@
is_page_fault_stale(...)
{
<...
- if (S && is_obsolete_sp(vcpu->kvm, S))
-	return true;
...>
}

@@
@@
is_page_fault_stale(...)
{
- struct kvm_mmu_page *sp = root_to_sp(vcpu->arch.mmu->root.hpa);
...
- if (!sp && kvm_test_request(KVM_REQ_MMU_FREE_OBSOLETE_ROOTS, vcpu))
-	return true;
...
}
