// SPDX-License-Identifier: GPL-2.0-only
// Name: host_address_disagrees_but_at_end
// Class: UNSAFE
// First: memslot memslot.host_address_misaligned_to_2M.as_written
// Origin: plausible off by one
// A user would see: the last hugepage of a memslot whose host address does not agree
// Observable: yes: pages_2m rises where pages_4k should
// File: arch/x86/kvm/x86.c
// Afterwards: reboot; memory of the kernel may have been overwritten
@@
@@
kvm_alloc_memslot_metadata(...)
{
<...
for (j = 0;
- j < lpages
+ j < lpages - 1
 ; ++j)
	linfo[j].disallow_lpage = 1;
...>
}
