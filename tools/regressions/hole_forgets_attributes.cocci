// SPDX-License-Identifier: GPL-2.0-only
// Name: hole_forgets_attributes
// Class: UNSAFE
// First: in_place in_place.shared_at_first.attributes_survive_a_hole
// Origin: plausible
// A user would see: a private page is within reach of the host once its memory was given back
// Observable: yes: the host reaches it
// File: virt/kvm/guest_memfd.c
// Needs: gmem_attributes
@@
expression inode, start, end;
@@
kvm_gmem_punch_hole(...)
{
<...
+ for (unsigned long i = start; i < end; i++)
+	xa_erase(&GMEM_I(inode)->converted, i);
kvm_gmem_invalidate_end(inode, start, end);
...>
}
