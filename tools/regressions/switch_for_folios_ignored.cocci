// SPDX-License-Identifier: GPL-2.0-only
// Name: switch_for_folios_ignored
// Class: ERR
// First: huge_private one_file.switched_off
// Origin: plausible
// A user would see: hugepages in spite of kvm.gmem_hugepages=N
// Observable: yes: leaves
// File: virt/kvm/guest_memfd.c
// Needs: huge_guest_memfd
@@
@@
- IS_ENABLED(CONFIG_TRANSPARENT_HUGEPAGE) && READ_ONCE(gmem_hugepages)
+ IS_ENABLED(CONFIG_TRANSPARENT_HUGEPAGE)
