// SPDX-License-Identifier: GPL-2.0-only
// Name: memslot_refusal_has_wrong_errno
// Class: ERR
// First: pressure pressure.memslot_creation.slab_allocations_fail
// Origin: plausible
// A user would see: a memslot without overlap is said to overlap another
// Observable: yes, where allocations can be made to fail
// File: arch/x86/kvm/x86.c
// Needs: failslab
@@
@@
kvm_alloc_memslot_metadata(...)
{
<...
- return -ENOMEM;
+ return -EEXIST;
...>
}
