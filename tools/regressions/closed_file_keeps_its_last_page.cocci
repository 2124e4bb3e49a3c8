// SPDX-License-Identifier: GPL-2.0-only
// Name: closed_file_keeps_its_last_page
// Class: UNSAFE
// Origin: held out
// A user would see: the guest keeps a page of a guest_memfd that is closed, whoever gets it next
// Observable: yes: leaves
// First: binding global.closed_guest_memfd_is_unmapped_to_its_last_page
// File: virt/kvm/guest_memfd.c
@@
@@
kvm_gmem_release(...)
{
<...
- -1ul
+ (i_size_read(inode) >> PAGE_SHIFT) - 1
...>
}
