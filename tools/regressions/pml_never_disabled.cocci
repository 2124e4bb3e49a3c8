// SPDX-License-Identifier: GPL-2.0-only
// Name: pml_never_disabled
// Class: EQUIVALENT
// Origin: plausible
// A user would see: slower guests after a migration
// Observable: no: what PML logs of memslots without a dirty log is dropped
// File: arch/x86/kvm/vmx/vmx.c
// Needs: intel
@@
@@
vmx_update_cpu_dirty_logging(...)
{
<...
- secondary_exec_controls_clearbit(vmx, SECONDARY_EXEC_ENABLE_PML);
+ secondary_exec_controls_setbit(vmx, SECONDARY_EXEC_ENABLE_PML);
...>
}
