// SPDX-License-Identifier: GPL-2.0-only
// Name: ept_misconfig_skips_instruction
// Class: ERR
// Origin: plausible
// A user would see: a device that is never told what the guest writes
// Observable: yes: no KVM_EXIT_MMIO
// File: arch/x86/kvm/vmx/vmx.c
// Needs: intel
// First: exits
@@
@@
handle_ept_misconfig(...)
{
<...
- return kvm_mmu_page_fault(...);
+ return kvm_skip_emulated_instruction(vcpu);
...>
}
