// SPDX-License-Identifier: GPL-2.0-only
// Name: stage_of_a_fault_is_the_last_exits
// Class: ERR
// Origin: blind
// A user would see: an L1 that takes a fault for one of page tables
// Observable: yes: KVM warns, and L1 is told of no stage
// First: nested_protect tables.pages.l1_is_told_of_what_is_emulated
// Needs: amd
// File: arch/x86/kvm/svm/nested.c
@@
expression F;
@@
nested_svm_inject_npf_exit(...)
{
<...
- F->error_code & PFERR_GUEST_FAULT_STAGE_MASK
+ to_svm(vcpu)->vmcb->control.exit_info_1 & PFERR_GUEST_FAULT_STAGE_MASK
...>
}
