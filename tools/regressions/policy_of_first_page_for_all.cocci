// SPDX-License-Identifier: GPL-2.0-only
// Name: policy_of_first_page_for_all
// Class: PERF
// First: numa policy.of_each_page
// Origin: plausible
// A user would see: private memory on the node that was meant for the beginning of it
// Observable: yes, on releases with a NUMA policy of guest_memfd and two nodes
// File: virt/kvm/guest_memfd.c
@@
expression E;
@@
kvm_gmem_get_folio(...)
{
<...
- mpol_shared_policy_lookup(E, index)
+ mpol_shared_policy_lookup(E, 0)
...>
}
