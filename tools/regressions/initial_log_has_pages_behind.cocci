// SPDX-License-Identifier: GPL-2.0-only
// Name: initial_log_has_pages_behind
// Class: ERR
// Origin: held out
// A user would see: a dirty log with pages that the memslot does not have
// Observable: yes: KVM_GET_DIRTY_LOG
// First: dirty_log
// File: virt/kvm/kvm_main.c
@@
expression new;
@@
kvm_prepare_memory_region(...)
{
<...
- bitmap_set(new->dirty_bitmap, 0, new->npages);
+ memset(new->dirty_bitmap, 0xff, kvm_dirty_bitmap_bytes(new));
...>
}
