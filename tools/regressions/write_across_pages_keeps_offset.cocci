// SPDX-License-Identifier: GPL-2.0-only
// Name: write_across_pages_keeps_offset
// Class: UNSAFE
// Origin: held out
// A user would see: KVM writes to the wrong place of the second page
// Observable: yes: memory behind it changes
// First: pvclock clock.wall_clock_lies_across_pages
// File: virt/kvm/kvm_main.c
@@
@@
kvm_write_guest(...)
{
<...
- offset = 0;
...>
}
