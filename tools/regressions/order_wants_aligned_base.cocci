// SPDX-License-Identifier: GPL-2.0-only
// Name: order_wants_aligned_base
// Class: PERF
// First: huge_private huge_private.base_and_offset_equally_misaligned.as_written
// Origin: plausible
// A user would see: 4K leaves where base and offset agree
// Observable: yes: leaves or contents are not the model's
// File: virt/kvm/guest_memfd.c
// Needs: huge_guest_memfd
@@
expression slot, start;
@@
kvm_gmem_max_order(...)
{
<...
- if ((slot->base_gfn ^ start) & (GMEM_LARGE_PAGES - 1))
+ if ((slot->base_gfn | start) & (GMEM_LARGE_PAGES - 1))
    return 0;
...>
}
