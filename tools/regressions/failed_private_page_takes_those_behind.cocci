// SPDX-License-Identifier: GPL-2.0-only
// Name: failed_private_page_takes_those_behind
// Class: PERF
// First: memory_failure private_memory_failure.uniform_hugepage.costs_the_page_that_failed
// Origin: plausible
// A user would see: one page that fails unmaps all private memory behind it
// Observable: yes: leaves
// File: virt/kvm/guest_memfd.c
@@
expression inode, start, end;
@@
kvm_gmem_error_folio(...)
{
<...
- kvm_gmem_invalidate_start(inode, start, end);
+ kvm_gmem_invalidate_start(inode, start, -1ul);
...>
}
