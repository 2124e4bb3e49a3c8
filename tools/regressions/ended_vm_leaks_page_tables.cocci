// SPDX-License-Identifier: GPL-2.0-only
// Name: ended_vm_leaks_page_tables
// Class: ERR
// First: exits exits.shared_pages_never_leave.as_written
// Origin: plausible
// A user would see: a warning, and less memory, each time a VM ends
// Observable: yes: the kernel log, after the end of the VM
// File: arch/x86/kvm/mmu/tdp_mmu.c
// Afterwards: reboot; KVM's lists have entries that were freed
@@
@@
kvm_mmu_uninit_tdp_mmu(...)
{
<...
- kvm_tdp_mmu_zap_invalidated_roots(...);
...>
}
