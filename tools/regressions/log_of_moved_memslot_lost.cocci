// SPDX-License-Identifier: GPL-2.0-only
// Name: log_of_moved_memslot_lost
// Class: UNSAFE
// First: dirty_log dirty_log.memslot_moved_while_logged.automatic
// Origin: plausible
// A user would see: pages written before a memslot moved are missing from the log
// Observable: yes: no dirty bits after a move
// File: virt/kvm/kvm_main.c
@@
@@
kvm_prepare_memory_region(...)
{
<...
- old && old->dirty_bitmap
+ old && old->dirty_bitmap && change == KVM_MR_FLAGS_ONLY
...>
}
