// SPDX-License-Identifier: GPL-2.0-only
// Name: read_fault_maps_writable
// Class: UNSAFE
// First: backing read_only.memfd.write_after_read
// Origin: plausible
// A user would see: the guest writes to memory that the host has made read-only, or shares with others
// Observable: yes: a write that must fail is carried out
// File: virt/kvm/kvm_main.c
// Afterwards: reboot; memory of the kernel may have been overwritten
@@
@@
hva_to_pfn_slow(...)
{
<...
- kvm_resolve_pfn(kfp, page, NULL, flags & FOLL_WRITE)
+ kvm_resolve_pfn(kfp, page, NULL, true)
...>
}
