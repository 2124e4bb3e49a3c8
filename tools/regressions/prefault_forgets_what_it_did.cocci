// SPDX-License-Identifier: GPL-2.0-only
// Name: prefault_forgets_what_it_did
// Class: ERR
// First: refusal refusal.prefault
// Origin: held out
// A user would see: KVM_PRE_FAULT_MEMORY that fails though it has mapped pages, and need not have been asked again
// Observable: yes: an errno where the range begins in a memslot and ends outside
// File: virt/kvm/kvm_main.c
@@
expression full_size, range, r;
@@
kvm_vcpu_pre_fault_memory(...)
{
<...
- return full_size == range->size ? r : 0;
+ return full_size == range->size || r < 0 ? r : 0;
...>
}
