// SPDX-License-Identifier: GPL-2.0-only
// Name: prefault_spins_on_obsolete_root
// Class: HANG
// Origin: fixed by 20a6cff3b283 (Mar 2025)
// A user would see: KVM_PRE_FAULT_MEMORY never returns if all roots were zapped since the vCPU last ran
// Observable: yes: change kvm.nx_huge_pages, then pre-fault on a vCPU that has run before, not since
// First: zap_all zapped.first_call_finds_new_page_tables
// File: arch/x86/kvm/mmu/mmu.c
@@
expression R;
@@
kvm_arch_vcpu_pre_fault_memory(...)
{
<...
- R = kvm_mmu_reload(vcpu);
+ R = VALID_PAGE(vcpu->arch.mmu->root.hpa) ? 0 : kvm_mmu_load(vcpu);
...>
}
