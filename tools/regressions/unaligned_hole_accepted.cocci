// SPDX-License-Identifier: GPL-2.0-only
// Name: unaligned_hole_accepted
// Class: ERR
// Origin: plausible
// A user would see: a hole of a part of a page takes the whole page
// Observable: yes: errno, and zeroes in the page
// First: refusal refusal.fallocate
// File: virt/kvm/guest_memfd.c
@@
@@
kvm_gmem_fallocate(...)
{
...
if (mode & ~(FALLOC_FL_KEEP_SIZE | FALLOC_FL_PUNCH_HOLE))
	return -EOPNOTSUPP;
+ len = PAGE_ALIGN(offset + len) - (offset & PAGE_MASK);
+ offset &= PAGE_MASK;
...
}
