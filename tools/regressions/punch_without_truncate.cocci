// SPDX-License-Identifier: GPL-2.0-only
// Name: punch_without_truncate
// Class: UNSAFE
// Origin: fixed by 20230921203331.3746712-3; catalogue G3 (upstream notices)
// A user would see: a hole that was punched keeps its content
// Observable: yes: a read returns the content instead of 0
// File: virt/kvm/guest_memfd.c
@@
@@
kvm_gmem_punch_hole(...)
{
...
- truncate_inode_pages_range(...);
...
}
