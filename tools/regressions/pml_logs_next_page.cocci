// SPDX-License-Identifier: GPL-2.0-only
// Name: pml_logs_next_page
// Class: UNSAFE
// Origin: plausible
// A user would see: a migration that loses what the guest wrote
// Observable: yes: the page behind the one that was written is in the dirty log
// File: arch/x86/kvm/vmx/vmx.c
// Needs: intel
// First: dirty_log dirty_log.uniform_hugepages.automatic
@@
expression vcpu, gpa;
@@
vmx_flush_pml_buffer(...)
{
<...
- kvm_vcpu_mark_page_dirty(vcpu, gpa >> PAGE_SHIFT);
+ kvm_vcpu_mark_page_dirty(vcpu, (gpa >> PAGE_SHIFT) + 1);
...>
}
