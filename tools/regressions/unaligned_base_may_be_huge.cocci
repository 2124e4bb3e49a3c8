// SPDX-License-Identifier: GPL-2.0-only
// Name: unaligned_base_may_be_huge
// Class: UNSAFE
// Origin: plausible
// A user would see: the first hugepage of a memslot begins before it: the guest reaches memory outside
// Observable: yes: pages_2m rises where pages_4k should
// File: arch/x86/kvm/x86.c
// Afterwards: reboot; memory of the kernel may have been overwritten
@@
@@
kvm_alloc_memslot_metadata(...)
{
<...
- if (slot->base_gfn & (KVM_PAGES_PER_HPAGE(level) - 1))
-	linfo[0].disallow_lpage = 1;
...>
}
