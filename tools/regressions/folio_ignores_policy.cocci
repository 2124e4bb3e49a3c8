// SPDX-License-Identifier: GPL-2.0-only
// Name: folio_ignores_policy
// Class: PERF
// First: numa private_memory.all_on_one_node
// Origin: plausible
// A user would see: private memory on any node, whatever the policy of the guest_memfd
// Observable: yes: pages counted on the nodes
// File: virt/kvm/guest_memfd.c
// Needs: huge_guest_memfd
@@
expression gfp;
@@
- filemap_alloc_folio(gfp, GMEM_LARGE_ORDER, policy)
+ filemap_alloc_folio(gfp, GMEM_LARGE_ORDER, NULL)
