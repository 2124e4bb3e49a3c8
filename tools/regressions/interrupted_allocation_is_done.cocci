// SPDX-License-Identifier: GPL-2.0-only
// Name: interrupted_allocation_is_done
// Class: ERR
// Origin: generated
// A user would see: fallocate() says success where a signal has ended it, and pages are missing later
// Observable: yes: no EINTR
// First: signal global.signal_ends_allocation
// File: virt/kvm/guest_memfd.c
@@
identifier r;
@@
kvm_gmem_allocate(...)
{
<...
- r = -EINTR;
...>
}
