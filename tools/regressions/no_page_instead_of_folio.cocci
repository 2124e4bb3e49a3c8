// SPDX-License-Identifier: GPL-2.0-only
// Name: no_page_instead_of_folio
// Class: ERR
// First: huge_private one_file.no_room_for_a_folio
// Origin: plausible
// A user would see: a guest dies of ENOMEM though there is memory left
// Observable: yes: KVM_RUN fails with ENOMEM
// File: virt/kvm/guest_memfd.c
// Needs: huge_guest_memfd
@@
expression r;
@@
- return charged && r != -EEXIST ? ERR_PTR(r) : NULL;
+ return ERR_PTR(r);
