// SPDX-License-Identifier: GPL-2.0-only
// Name: prefault_behind_all_gpas
// Class: UNSAFE
// Origin: held out
// A user would see: a pre-fault of a gpa that no guest has takes the mapping of another gpa
// Observable: yes: leaves, the kernel log
// First: refusal refusal.prefault
// File: arch/x86/kvm/mmu/mmu.c
@@
expression fault;
@@
kvm_handle_noslot_fault(...)
{
<...
- if (unlikely(fault->gfn > kvm_mmu_max_gfn()))
- 	return RET_PF_EMULATE;
...>
}
