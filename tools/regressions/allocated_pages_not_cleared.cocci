// SPDX-License-Identifier: GPL-2.0-only
// Name: allocated_pages_not_cleared
// Class: UNSAFE
// First: binding binding.pages_allocated_are_empty
// Origin: held out
// A user would see: a guest whose memory was allocated ahead reads what others have left there
// Observable: yes: pages are not empty after fallocate()
// File: virt/kvm/guest_memfd.c
@@
expression folio;
@@
kvm_gmem_allocate(...)
{
<...
+ folio_mark_uptodate(folio);
folio_unlock(folio);
...>
}
