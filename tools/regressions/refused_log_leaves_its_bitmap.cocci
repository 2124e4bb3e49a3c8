// SPDX-License-Identifier: GPL-2.0-only
// Name: refused_log_leaves_its_bitmap
// Class: UNSAFE
// Origin: held out
// A user would see: each memslot that is refused costs the host a dirty bitmap for good
// Observable: yes: vmalloc grows
// First: memory_back left_behind.by_refused_logs
// File: virt/kvm/kvm_main.c
@@
expression E, new;
@@
kvm_prepare_memory_region(...)
{
<...
- if (E)
- 	kvm_destroy_dirty_bitmap(new);
...>
}
