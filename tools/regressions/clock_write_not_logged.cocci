// SPDX-License-Identifier: GPL-2.0-only
// Name: clock_write_not_logged
// Class: UNSAFE
// Origin: plausible
// A user would see: after a migration the guest's clock is that of some time before
// Observable: yes: dirty log
// First: pvclock clock.is_logged_among_pages_of_the_guest
// File: arch/x86/kvm/x86.c
@@
expression gpc;
@@
kvm_setup_guest_pvclock(...)
{
<...
- kvm_gpc_mark_dirty_in_slot(gpc);
...>
}
