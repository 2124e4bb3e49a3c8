// SPDX-License-Identifier: GPL-2.0-only
// Name: pml_first_entry_lost
// Class: UNSAFE
// Origin: plausible
// A user would see: a migration that loses the first page written since the last exit
// Observable: yes: the page is not in the dirty log
// File: arch/x86/kvm/vmx/vmx.c
// Needs: intel
// First: dirty_log dirty_log.uniform_hugepages.automatic
@@
expression gpa, vcpu;
@@
vmx_flush_pml_buffer(...)
{
<...
- kvm_vcpu_mark_page_dirty(vcpu, gpa >> PAGE_SHIFT);
+ if (gpa != pml_buf[511]) kvm_vcpu_mark_page_dirty(vcpu, gpa >> PAGE_SHIFT);
...>
}
