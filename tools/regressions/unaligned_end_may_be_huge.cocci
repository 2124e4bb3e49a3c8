// SPDX-License-Identifier: GPL-2.0-only
// Name: unaligned_end_may_be_huge
// Class: UNSAFE
// Origin: plausible
// A user would see: the last hugepage of a memslot ends behind it: the guest reaches memory outside
// Observable: yes: pages_2m rises where pages_4k should
// File: arch/x86/kvm/x86.c
// Afterwards: reboot; memory of the kernel may have been overwritten
@@
@@
kvm_alloc_memslot_metadata(...)
{
<...
- if ((slot->base_gfn + npages) & (KVM_PAGES_PER_HPAGE(level) - 1))
-	linfo[lpages - 1].disallow_lpage = 1;
...>
}
