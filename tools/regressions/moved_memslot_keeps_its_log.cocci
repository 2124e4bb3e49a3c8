// SPDX-License-Identifier: GPL-2.0-only
// Name: moved_memslot_keeps_its_log
// Class: ERR
// Origin: held out
// A user would see: memory of the kernel is gone for good, a bit more with each memslot that moves
// Observable: yes: slabs and vmalloc
// First: memory_back left_behind.by_moves_that_end_logs
// File: virt/kvm/kvm_main.c
@@
expression old, new;
@@
kvm_commit_memory_region(...)
{
<...
 if (old->dirty_bitmap && !new->dirty_bitmap
+    && old->base_gfn == new->base_gfn
    )
	kvm_destroy_dirty_bitmap(old);
...>
}
