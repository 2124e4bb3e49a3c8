// SPDX-License-Identifier: GPL-2.0-only
// Name: fallocate_looks_at_the_end_only
// Class: ERR
// Origin: held out
// A user would see: a hole of half a page is accepted, and takes all of it
// Observable: yes: errno of fallocate()
// First: refusal refusal.fallocate
// File: virt/kvm/guest_memfd.c
@@
@@
kvm_gmem_fallocate(...)
{
...
if (mode & ~(FALLOC_FL_KEEP_SIZE | FALLOC_FL_PUNCH_HOLE))
	return -EOPNOTSUPP;
+ if (PAGE_ALIGNED(offset + len)) {
+	len += offset & ~PAGE_MASK;
+	offset &= PAGE_MASK;
+ }
...
}
