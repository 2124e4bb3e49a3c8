// SPDX-License-Identifier: GPL-2.0-only
// Name: first_clock_of_page_invalidated_only
// Class: UNSAFE
// Origin: held out
// A user would see: KVM writes the clock of a second vCPU to a page that is somebody else's by now
// Observable: yes: the new page has the clock of one vCPU only
// First: pvclock clock.follows_page_of_host
// File: virt/kvm/pfncache.c
@@
identifier gpc;
@@
gfn_to_pfn_cache_invalidate_start(...)
{
<...
  write_unlock_irq(&gpc->lock);
- continue;
+ break;
...>
}
