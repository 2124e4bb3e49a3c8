// SPDX-License-Identifier: GPL-2.0-only
// Name: host_keeps_private_pages_mapped
// Class: UNSAFE
// First: in_place in_place.shared_at_first.every_mapping_of_the_host_goes
// Origin: plausible
// A user would see: the host reads and writes a private page that it had mapped before
// Observable: yes: no SIGBUS
// File: virt/kvm/guest_memfd.c
// Needs: gmem_attributes
@@
expression a, b, c, d;
@@
kvm_gmem_convert(...)
{
<...
- unmap_mapping_pages(a, b, c, d);
...>
}
