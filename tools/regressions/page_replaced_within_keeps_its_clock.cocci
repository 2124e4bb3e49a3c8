// SPDX-License-Identifier: GPL-2.0-only
// Name: page_replaced_within_keeps_its_clock
// Class: UNSAFE
// Origin: held out
// A user would see: KVM writes the guest's clock to a page that is somebody else's by now
// Observable: yes: the new page has no clock
// First: pvclock clock.follows_page_of_host
// File: virt/kvm/pfncache.c
@@
identifier gpc, start, end;
@@
gfn_to_pfn_cache_invalidate_start(...)
{
<...
- gpc->uhva < end
+ gpc->uhva + PAGE_SIZE <= end
...>
}
