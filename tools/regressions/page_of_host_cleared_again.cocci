// SPDX-License-Identifier: GPL-2.0-only
// Name: page_of_host_cleared_again
// Class: UNSAFE
// Origin: held out
// A user would see: what the host has written to a guest_memfd is zero at the next fault
// Observable: yes: contents of a page that is mapped a second time
// First: host_access global.pages_keep_what_the_host_has_written
// File: virt/kvm/guest_memfd.c
@@
expression folio;
@@
kvm_gmem_fault_user_mapping(...)
{
<...
- folio_mark_uptodate(folio);
...>
}
