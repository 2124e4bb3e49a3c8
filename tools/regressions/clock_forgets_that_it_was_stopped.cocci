// SPDX-License-Identifier: GPL-2.0-only
// Name: clock_forgets_that_it_was_stopped
// Class: ERR
// Origin: held out
// A user would see: a guest that was stopped in a debugger and reports a soft lockup
// Observable: yes: by the flag, once the clock is written again
// First: pvclock clock.stop_is_told_until_the_guest_takes_it_back
// File: arch/x86/kvm/x86.c
@@
expression FLAGS, OLD;
@@
kvm_setup_guest_pvclock(...)
{
<...
- FLAGS |= (OLD & PVCLOCK_GUEST_STOPPED);
+ ;
...>
}
