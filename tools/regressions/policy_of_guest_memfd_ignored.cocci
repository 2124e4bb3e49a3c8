// SPDX-License-Identifier: GPL-2.0-only
// Name: policy_of_guest_memfd_ignored
// Class: PERF
// First: numa policy.interleaved
// Origin: as shipped up to 6.18, which has no such policy
// A user would see: private memory on any node, though get_mempolicy() tells the right one
// Observable: yes, on releases with a NUMA policy of guest_memfd and two nodes
// File: virt/kvm/guest_memfd.c
@@
expression inode, index, gfp, flags;
@@
- __filemap_get_folio_mpol(inode->i_mapping, index, flags, gfp, policy)
+ __filemap_get_folio_mpol(inode->i_mapping, index, flags, gfp, NULL)
