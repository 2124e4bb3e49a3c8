// SPDX-License-Identifier: GPL-2.0-only
// Name: emulated_fault_counts_not
// Class: ERR
// Origin: plausible
// A user would see: stats by which a guest has no MMIO, however often it exits
// Observable: yes: the stat pf_emulate
// First: exits global.mmio_is_an_emulated_fault_once
// File: arch/x86/kvm/mmu/mmu.c
@@
identifier V;
@@
kvm_mmu_page_fault(struct kvm_vcpu *V, ...)
{
<...
- V->stat.pf_emulate++;
+ ;
...>
}
