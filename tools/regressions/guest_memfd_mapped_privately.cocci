// SPDX-License-Identifier: GPL-2.0-only
// Name: guest_memfd_mapped_privately
// Class: ERR
// Origin: plausible
// A user would see: a private mapping of a guest_memfd, whose writes the guest never sees
// Observable: yes: errno of mmap()
// First: host_access mapping.leads_to_nothing_private
// File: virt/kvm/guest_memfd.c
@@
@@
kvm_gmem_mmap(...)
{
<...
- if ((vma->vm_flags & (VM_SHARED | VM_MAYSHARE)) != (VM_SHARED | VM_MAYSHARE)) {
-	return -EINVAL;
- }
...>
}
