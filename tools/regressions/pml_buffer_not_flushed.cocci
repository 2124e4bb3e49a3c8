// SPDX-License-Identifier: GPL-2.0-only
// Name: pml_buffer_not_flushed
// Class: UNSAFE
// Origin: plausible
// A user would see: a migration that loses what the guest wrote
// Observable: yes: the page is not in the dirty log
// File: arch/x86/kvm/vmx/vmx.c
// Needs: intel
// First: dirty_log dirty_log.uniform_hugepages.automatic
@@
@@
vmx_flush_pml_buffer(...)
{
<...
- kvm_vcpu_mark_page_dirty(...);
...>
}
