// SPDX-License-Identifier: GPL-2.0-only
// Name: unbinding_takes_page_of_next
// Class: UNSAFE
// Origin: plausible
// A user would see: private memory of one memslot cannot be reached, or stays mapped behind a hole, once another is deleted
// Observable: yes: two memslots side by side in a guest_memfd; delete the first, touch the second
// First: binding binding.deletion_leaves_the_one_behind_alone
// File: virt/kvm/guest_memfd.c
// Afterwards: reboot; memory of the kernel may have been overwritten
@@
expression B;
@@
kvm_gmem_unbind(...)
{
<...
- xa_store_range(B, start, end - 1, NULL, GFP_KERNEL);
+ xa_store_range(B, start, end, NULL, GFP_KERNEL);
...>
}
