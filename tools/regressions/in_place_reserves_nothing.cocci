// SPDX-License-Identifier: GPL-2.0-only
// Name: in_place_reserves_nothing
// Class: UNSAFE
// First: in_place in_place.shared_at_first.no_memory_changes_nothing
// Origin: plausible
// A user would see: a conversion that lacked memory is done in part, and reports success
// Observable: yes, with failing allocations: the errno
// File: virt/kvm/guest_memfd.c
// Needs: gmem_attributes
@@
@@
kvm_gmem_convert(...)
{
<...
- r = kvm_gmem_reserve(...);
+ r = 0;
...>
}
