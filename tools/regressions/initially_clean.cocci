// SPDX-License-Identifier: GPL-2.0-only
// Name: initially_clean
// Class: UNSAFE
// First: dirty_log dirty_log.uniform_hugepages.initially_set
// Origin: plausible
// A user would see: pages written before logging began are missing from the log
// Observable: yes: no dirty bits with KVM_DIRTY_LOG_INITIALLY_SET
// File: virt/kvm/kvm_main.c
@@
@@
kvm_prepare_memory_region(...)
{
<...
- bitmap_set(new->dirty_bitmap, 0, new->npages);
+ bitmap_set(new->dirty_bitmap, 0, 0);
...>
}
