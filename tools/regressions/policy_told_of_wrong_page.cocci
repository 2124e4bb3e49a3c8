// SPDX-License-Identifier: GPL-2.0-only
// Name: policy_told_of_wrong_page
// Class: ERR
// First: numa policy.of_the_file
// Origin: plausible
// A user would see: get_mempolicy() tells the policy of another page, if the file is not
// mapped from its beginning on
// Observable: yes, on releases with a NUMA policy of guest_memfd and two nodes
// File: virt/kvm/guest_memfd.c
@@
@@
kvm_gmem_get_policy(...)
{
<...
- linear_page_index(vma, addr)
+ linear_page_index(vma, addr) - vma->vm_pgoff
...>
}
