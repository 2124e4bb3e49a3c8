// SPDX-License-Identifier: GPL-2.0-only
// Name: failed_private_page_stays_mapped
// Class: UNSAFE
// First: memory_failure private_memory_failure.uniform_hugepage.costs_the_page_that_failed
// Origin: plausible
// A user would see: a guest goes on using private memory that the host knows to be broken
// Observable: yes: the leaf stays
// File: virt/kvm/guest_memfd.c
@@
expression inode, start, end;
@@
kvm_gmem_error_folio(...)
{
<...
- kvm_gmem_invalidate_start(inode, start, end);
+ kvm_gmem_invalidate_start(inode, start, start);
...>
}
