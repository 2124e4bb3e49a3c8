// SPDX-License-Identifier: GPL-2.0-only
// Name: pml_never_enabled
// Class: UNSAFE
// Origin: plausible
// A user would see: a migration that loses what the guest wrote
// Observable: yes: the page is not in the dirty log
// File: arch/x86/kvm/vmx/vmx.c
// Needs: intel
// First: dirty_log dirty_log.uniform_hugepages.automatic
@@
@@
vmx_update_cpu_dirty_logging(...)
{
<...
- secondary_exec_controls_setbit(vmx, SECONDARY_EXEC_ENABLE_PML);
+ secondary_exec_controls_clearbit(vmx, SECONDARY_EXEC_ENABLE_PML);
...>
}
