// SPDX-License-Identifier: GPL-2.0-only
// Name: guest_memfd_keeps_vm
// Class: ERR
// Origin: plausible
// A user would see: memory that is not given back when a VM that had a guest_memfd ends
// Observable: yes: SecPageTables in /proc/meminfo
// First: lifetime global.any_order_of_closing
// File: virt/kvm/guest_memfd.c
// Afterwards: reboot; the module cannot be removed
@@
@@
kvm_gmem_release(...)
{
<...
- kvm_put_kvm(kvm);
...>
}
