// SPDX-License-Identifier: GPL-2.0-only
// Name: fallocate_looks_at_the_end_only
// Class: ERR
// Origin: held out
// A user would see: half pages are accepted, and whole ones allocated
// Observable: yes: errno of fallocate()
// First: refusal refusal.fallocate
// File: virt/kvm/guest_memfd.c
@@
expression offset, len;
@@
kvm_gmem_fallocate(...)
{
<...
 if (
-    !PAGE_ALIGNED(offset) || !PAGE_ALIGNED(len)
+    !PAGE_ALIGNED(offset + len)
    )
	return -EINVAL;
...>
}
