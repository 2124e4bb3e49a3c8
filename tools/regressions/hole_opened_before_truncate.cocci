// SPDX-License-Identifier: GPL-2.0-only
// Name: hole_opened_before_truncate
// Class: RACE
// First: race hole.fault_during_hole
// Origin: plausible
// A user would see: the guest goes on using memory that was freed
// Observable: yes, with a hole of many pages: the guest reads old content after it was punched
// File: virt/kvm/guest_memfd.c
// Afterwards: reboot; memory of the kernel may have been overwritten
@@
@@
kvm_gmem_punch_hole(...)
{
...
+ kvm_gmem_invalidate_end(inode, start, end);
truncate_inode_pages_range(...);
- kvm_gmem_invalidate_end(inode, start, end);
...
}

@@
iterator name list_for_each_entry;
@@
kvm_gmem_punch_hole(...)
{
...
+ list_for_each_entry(gmem, gmem_list, entry)
+	kvm_gmem_invalidate_end(gmem, start, end);
truncate_inode_pages_range(...);
- list_for_each_entry(gmem, gmem_list, entry)
-	kvm_gmem_invalidate_end(gmem, start, end);
...
}
