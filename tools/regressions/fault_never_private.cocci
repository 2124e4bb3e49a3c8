// SPDX-License-Identifier: GPL-2.0-only
// Name: fault_never_private
// Class: ERR
// Origin: plausible
// A user would see: each touch of a private page leaves with KVM_EXIT_MEMORY_FAULT without the flag PRIVATE
// Observable: yes: an exit that should not be
// File: arch/x86/kvm/mmu/mmu.c
@@
@@
kvm_mmu_page_fault(...)
{
<...
- kvm_mem_is_private(vcpu->kvm, gpa_to_gfn(cr2_or_gpa))
+ kvm_mem_is_private(vcpu->kvm, gpa_to_gfn(cr2_or_gpa)) && !error_code
...>
}
