// SPDX-License-Identifier: GPL-2.0-only
// Name: closed_file_exits_without_details
// Class: ERR
// Origin: held out
// A user would see: EFAULT that does not say where, once a guest_memfd is closed
// Observable: yes: no KVM_EXIT_MEMORY_FAULT
// First: exits global.guest_memfd_that_was_closed
// File: arch/x86/kvm/mmu/mmu.c
@@
expression r;
@@
kvm_mmu_faultin_pfn_gmem(...)
{
<...
 if (r) {
- kvm_mmu_prepare_memory_fault_exit(...);
  return r;
 }
...>
}

@@
expression r;
@@
kvm_mmu_faultin_pfn_private(...)
{
<...
 if (r) {
- kvm_mmu_prepare_memory_fault_exit(...);
  return r;
 }
...>
}

@@
expression r;
@@
kvm_faultin_pfn_private(...)
{
<...
 if (r) {
- kvm_mmu_prepare_memory_fault_exit(...);
  return r;
 }
...>
}
