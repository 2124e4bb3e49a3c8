// SPDX-License-Identifier: GPL-2.0-only
// Name: guest_memfd_order_always_0
// Class: PERF
// First: known_faults known_trait.guest_memfd_is_mapped_small.holds
// Origin: released kernels
// A user would see: private memory is never huge
// Observable: yes: leaves or contents are not the model's
// File: virt/kvm/guest_memfd.c
// Needs: huge_guest_memfd
@@
@@
kvm_gmem_max_order(...)
{
...
- return GMEM_LARGE_ORDER;
+ return 0;
}
