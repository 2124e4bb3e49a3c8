// SPDX-License-Identifier: GPL-2.0-only
// Name: last_page_initially_clean
// Class: UNSAFE
// First: dirty_log dirty_log.uniform_hugepages.initially_set
// Origin: plausible
// A user would see: a page written before logging began is missing from the log
// Observable: yes: no dirty bit of the last page with KVM_DIRTY_LOG_INITIALLY_SET
// File: virt/kvm/kvm_main.c
@@
@@
kvm_prepare_memory_region(...)
{
<...
- bitmap_set(new->dirty_bitmap, 0, new->npages);
+ bitmap_set(new->dirty_bitmap, 0, new->npages - 1);
...>
}
