// SPDX-License-Identifier: GPL-2.0-only
// Name: ept_dirty_bits_off
// Class: UNSAFE
// Origin: plausible
// A user would see: a guest that does not start, or a migration that loses what it wrote
// Observable: yes
// First: dirty_log dirty_log.uniform_hugepages.automatic_split_on_write
// File: arch/x86/kvm/vmx/vmx.c
// Needs: intel
@@
@@
construct_eptp(...)
{
<...
- eptp |= VMX_EPTP_AD_ENABLE_BIT;
+ eptp |= 0;
...>
}
