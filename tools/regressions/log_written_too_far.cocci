// SPDX-License-Identifier: GPL-2.0-only
// Name: log_written_too_far
// Class: ERR
// Origin: plausible
// A user would see: KVM_GET_DIRTY_LOG writes behind the bitmap, or says EFAULT where the memory ends
// Observable: yes: a bitmap that ends where its memory does
// First: refusal refusal.get_dirty_log
// File: virt/kvm/kvm_main.c
@@
expression B, N;
@@
kvm_get_dirty_log_protect(...)
{
<...
- copy_to_user(log->dirty_bitmap, B, N)
+ copy_to_user(log->dirty_bitmap, B, N + sizeof(long))
...>
}
