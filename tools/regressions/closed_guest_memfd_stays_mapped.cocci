// SPDX-License-Identifier: GPL-2.0-only
// Name: closed_guest_memfd_stays_mapped
// Class: UNSAFE
// Origin: plausible
// A user would see: the guest goes on using the pages of a guest_memfd that was closed
// Observable: yes: leaves stay, and no exit comes
// First: binding binding.closed_guest_memfd_is_unmapped
// File: virt/kvm/guest_memfd.c
// Afterwards: reboot; memory of the kernel may have been overwritten
@@
expression F;
@@
kvm_gmem_release(...)
{
<...
(
- __kvm_gmem_invalidate_start(F, 0, -1ul, ...);
+ (void)F;
|
- kvm_gmem_invalidate_begin(F, 0, -1ul);
+ (void)F;
)
...>
}

@@
expression F;
@@
kvm_gmem_release(...)
{
<...
(
- __kvm_gmem_invalidate_end(F, 0, -1ul);
|
- kvm_gmem_invalidate_end(F, 0, -1ul);
)
...>
}
