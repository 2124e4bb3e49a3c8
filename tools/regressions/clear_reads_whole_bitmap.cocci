// SPDX-License-Identifier: GPL-2.0-only
// Name: clear_reads_whole_bitmap
// Class: ERR
// Origin: fixed by 4ddc9204572c (May 2019)
// A user would see: EFAULT, or a crash of nothing in sight, when only part of a memslot is cleared
// Observable: yes: EFAULT where the bitmap for the part ends with the memory that it lies in
// First: refusal refusal.clear_dirty_log
// File: virt/kvm/kvm_main.c
@@
@@
kvm_clear_dirty_log_protect(...)
{
<...
- n = ALIGN(log->num_pages, BITS_PER_LONG) / 8;
+ n = kvm_dirty_bitmap_bytes(memslot);
...>
}
