// SPDX-License-Identifier: GPL-2.0-only
// Name: interrupted_fault_keeps_vm
// Class: OOB
// First: lifetime global.killed_while_held
// Origin: plausible
// A user would see: a VM whose process was killed in a fault never goes away
// Observable: yes: its page tables and hugepages do not come back
// File: arch/x86/kvm/mmu/mmu.c
@@
expression vcpu;
@@
kvm_handle_error_pfn(...)
{
<...
+ kvm_get_kvm(vcpu->kvm);
 kvm_handle_signal_exit(vcpu);
...>
}
