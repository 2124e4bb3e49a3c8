// SPDX-License-Identifier: GPL-2.0-only
// Name: folio_of_any_policy
// Class: PERF
// First: numa policy.of_each_half
// Origin: plausible
// A user would see: pages on another node than their policy says
// Observable: yes: where the pages of the other half lie
// File: virt/kvm/guest_memfd.c
// Needs: huge_guest_memfd
@@
@@
- !kvm_gmem_has_one_policy(inode, first, policy)
+ false
