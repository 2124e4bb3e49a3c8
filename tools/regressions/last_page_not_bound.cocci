// SPDX-License-Identifier: GPL-2.0-only
// Name: last_page_not_bound
// Class: ERR
// Origin: plausible off by one
// A user would see: the last private page of a memslot cannot be reached
// Observable: yes: EIO or EFAULT
// First: memslot memslot.base_misaligned_to_2M.as_written
// File: virt/kvm/guest_memfd.c
@@
expression E;
@@
- xa_store_range(E, start, end - 1, slot, GFP_KERNEL)
+ xa_store_range(E, start, max(start, end - 2), slot, GFP_KERNEL)
