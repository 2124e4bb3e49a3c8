// SPDX-License-Identifier: GPL-2.0-only
// Name: guest_memfd_can_be_resized
// Class: ERR
// Origin: plausible
// A user would see: ftruncate() of a guest_memfd says success and does nothing
// Observable: yes: errno
// First: host_access file.not_mapped.leads_to_nothing_private
// File: virt/kvm/guest_memfd.c
@@
@@
kvm_gmem_setattr(...)
{
- return -EINVAL;
+ return 0;
}
