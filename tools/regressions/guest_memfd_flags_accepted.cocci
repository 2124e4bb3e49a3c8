// SPDX-License-Identifier: GPL-2.0-only
// Name: guest_memfd_flags_accepted
// Class: ERR
// Origin: plausible
// A user would see: no error from KVM_CREATE_GUEST_MEMFD for what this kernel cannot do
// Observable: yes: errno
// First: refusal refusal.guest_memfd_creation
// File: virt/kvm/guest_memfd.c
@@
expression F, V;
@@
kvm_gmem_create(...)
{
<...
- if (F & ~V)
-	return -EINVAL;
...>
}
