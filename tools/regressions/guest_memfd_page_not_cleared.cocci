// SPDX-License-Identifier: GPL-2.0-only
// Name: guest_memfd_page_not_cleared
// Class: UNSAFE
// Origin: plausible
// A user would see: private pages have content of others
// Observable: yes: a first read does not return 0
// File: virt/kvm/guest_memfd.c
@@
expression E;
@@
- clear_highpage(E);
+ ;
