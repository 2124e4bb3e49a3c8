// SPDX-License-Identifier: GPL-2.0-only
// Name: ept_memory_type_reserved
// Class: UNSAFE
// Origin: plausible
// A user would see: a guest that never starts
// Observable: yes: every leaf is misconfigured
// File: arch/x86/kvm/vmx/vmx.c
// Needs: intel
@@
@@
vmx_get_mt_mask(...)
{
<...
- (MTRR_TYPE_WRBACK << VMX_EPT_MT_EPTE_SHIFT)
+ (2 << VMX_EPT_MT_EPTE_SHIFT)
...>
}
