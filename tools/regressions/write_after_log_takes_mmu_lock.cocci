// SPDX-License-Identifier: GPL-2.0-only
// Name: write_after_log_takes_mmu_lock
// Class: PERF
// Origin: generated
// A user would see: vCPUs of a VM that is being migrated wait for one another
// Observable: yes: pf_fast
// First: dirty_log neighbour.protected_page_is_written_without_mmu_lock
// File: arch/x86/kvm/mmu/mmu.c
@@
identifier kvm, fault;
@@
page_fault_can_be_fast(...)
{
<...
- kvm->arch.has_private_mem && fault->is_private != kvm_mem_is_private(kvm, fault->gfn)
+ kvm->arch.has_private_mem || fault->is_private != kvm_mem_is_private(kvm, fault->gfn)
...>
}
