// SPDX-License-Identifier: GPL-2.0-only
// Name: policy_of_guest_memfd_not_kept
// Class: PERF
// First: numa policy.of_each_page
// Origin: plausible
// A user would see: private memory on any node, whatever mbind() said
// Observable: yes, on releases with a NUMA policy of guest_memfd and two nodes
// File: virt/kvm/guest_memfd.c
@@
@@
kvm_gmem_set_policy(...)
{
<...
- return mpol_set_shared_policy(&GMEM_I(inode)->policy, vma, mpol);
+ return 0;
...>
}
