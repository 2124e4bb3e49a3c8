// SPDX-License-Identifier: GPL-2.0-only
// Name: clock_of_old_memslot_written
// Class: UNSAFE
// Origin: held out
// A user would see: KVM writes the guest's clock to the memory of a memslot that is gone
// Observable: yes: memory of a deleted memslot changes, that of the new one does not
// First: pvclock clock.follows_memslot
// File: virt/kvm/pfncache.c
@@
identifier gpc, slots;
@@
kvm_gpc_check(...)
{
<...
- gpc->generation != slots->generation
+ false
...>
}
