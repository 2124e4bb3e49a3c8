// SPDX-License-Identifier: GPL-2.0-only
// Name: memory_fault_reports_success
// Class: ERR
// Origin: plausible
// A user would see: KVM_RUN returns 0 for KVM_EXIT_MEMORY_FAULT, so that VMMs which look at errno first miss it
// Observable: yes: KVM_RUN returns 0
// First: exits exits.every_other_page_private.as_written
// File: arch/x86/kvm/mmu/mmu.c
@@
identifier r;
@@
kvm_mmu_page_fault(...)
{
<...
if (r < 0)
- return r;
+ return r == -EFAULT && vcpu->run->exit_reason == KVM_EXIT_MEMORY_FAULT ? 0 : r;
...>
}
