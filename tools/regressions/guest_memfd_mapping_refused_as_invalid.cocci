// SPDX-License-Identifier: GPL-2.0-only
// Name: guest_memfd_mapping_refused_as_invalid
// Class: ERR
// First: host_access file.not_mapped.leads_to_nothing_private
// Origin: plausible
// A user would see: another errno where guest_memfd cannot be mapped
// Observable: yes: EINVAL instead of ENODEV
// File: virt/kvm/guest_memfd.c
@@
@@
kvm_gmem_mmap(...)
{
<...
- -ENODEV
+ -EINVAL
...>
}
