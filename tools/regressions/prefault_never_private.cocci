// SPDX-License-Identifier: GPL-2.0-only
// Name: prefault_never_private
// Class: ERR
// Origin: plausible
// A user would see: KVM_PRE_FAULT_MEMORY fails on private pages
// Observable: yes: EFAULT
// First: memslot memslot.size_misaligned_to_2M.as_written
// File: arch/x86/kvm/mmu/mmu.c
@@
@@
kvm_arch_vcpu_pre_fault_memory(...)
{
<...
- error_code |= PFERR_PRIVATE_ACCESS;
+ error_code |= 0;
...>
}
