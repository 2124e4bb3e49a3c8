// SPDX-License-Identifier: GPL-2.0-only
// Name: host_address_may_disagree
// Class: UNSAFE
// First: memslot memslot.host_address_misaligned_to_2M.as_written
// Origin: plausible
// A user would see: a hugepage where memslot and host address do not agree: the guest reaches other memory
// Observable: yes: pages_2m rises where pages_4k should, contents are wrong
// File: arch/x86/kvm/x86.c
// Afterwards: reboot; memory of the kernel may have been overwritten
@@
@@
kvm_alloc_memslot_metadata(...)
{
<...
for (
- j = 0
+ j = lpages
 ; j < lpages; ++j)
	linfo[j].disallow_lpage = 1;
...>
}
