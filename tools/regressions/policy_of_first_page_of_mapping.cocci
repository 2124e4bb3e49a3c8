// SPDX-License-Identifier: GPL-2.0-only
// Name: policy_of_first_page_of_mapping
// Class: ERR
// First: numa policy.of_the_file
// Origin: held out
// A user would see: get_mempolicy() with the policy of another page
// Observable: yes: in a mapping that mbind() has not split
// File: virt/kvm/guest_memfd.c
@@
identifier vma, addr;
@@
kvm_gmem_get_policy(struct vm_area_struct *vma, unsigned long addr, ...)
{
<...
- linear_page_index(vma, addr)
+ vma->vm_pgoff
...>
}
