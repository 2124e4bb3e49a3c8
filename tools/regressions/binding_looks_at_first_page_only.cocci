// SPDX-License-Identifier: GPL-2.0-only
// Name: binding_looks_at_first_page_only
// Class: ERR
// First: binding binding.no_page_is_bound_twice
// Origin: held out
// A user would see: two memslots over the same pages of a guest_memfd, one of them without them
// Observable: yes: no EEXIST where the new range begins before one that is bound
// File: virt/kvm/guest_memfd.c
@@
expression start, end, bindings;
@@
kvm_gmem_commit_memory_region(...)
{
<...
- xa_find(bindings, &start, end - 1, XA_PRESENT)
+ xa_load(bindings, start)
...>
}
