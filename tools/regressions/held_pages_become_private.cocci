// SPDX-License-Identifier: GPL-2.0-only
// Name: held_pages_become_private
// Class: UNSAFE
// First: in_place in_place.shared_at_first.held_page_stays_shared
// Origin: plausible
// A user would see: a pipe, or a device, reads and writes a page that is private
// Observable: yes: no EAGAIN
// File: virt/kvm/guest_memfd.c
// Needs: gmem_attributes
@@
@@
kvm_gmem_convert(...)
{
<...
- if (*held < end)
+ if (false)
{ ... }
...>
}
