// SPDX-License-Identifier: GPL-2.0-only
// Name: held_page_not_told
// Class: ERR
// First: in_place in_place.shared_at_first.held_page_stays_shared
// Origin: plausible
// A user would see: a VMM waits for the wrong page to be let go
// Observable: yes: error_offset
// File: virt/kvm/guest_memfd.c
// Needs: gmem_attributes
@@
expression r;
@@
kvm_gmem_set_attributes(...)
{
<...
- r == -EAGAIN && put_user(...)
+ false
...>
}
