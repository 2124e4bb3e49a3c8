// SPDX-License-Identifier: GPL-2.0-only
// Name: pml_index_not_reset
// Class: UNSAFE
// Origin: plausible
// A user would see: dirty pages reported again and again, then a migration that loses some
// Observable: yes: a page that was not written since is in the dirty log
// File: arch/x86/kvm/vmx/vmx.c
// Needs: intel
// First: dirty_log dirty_log.uniform_hugepages.automatic
@@
@@
vmx_flush_pml_buffer(...)
{
...
- vmcs_write16(GUEST_PML_INDEX, ...);
}
