// SPDX-License-Identifier: GPL-2.0-only
// Name: nx_exemption_for_everybody
// Class: UNSAFE
// Origin: held out
// A user would see: any user can have a guest that stops the machine
// Observable: yes: the exemption is not refused
// First: capability of_vm.default_type.nx_exemption_without_rights
// File: arch/x86/kvm/x86.c
@@
@@
kvm_vm_ioctl_enable_cap(...)
{
<...
- !capable(CAP_SYS_BOOT)
+ 0
...>
}
