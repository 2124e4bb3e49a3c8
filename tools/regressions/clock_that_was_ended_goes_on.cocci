// SPDX-License-Identifier: GPL-2.0-only
// Name: clock_that_was_ended_goes_on
// Class: UNSAFE
// Origin: plausible
// A user would see: a guest that boots anew and has a clock in the middle of its memory
// Observable: yes: memory that is no clock any more is written
// First: pvclock clock.moves_within_its_page_and_ends
// File: arch/x86/kvm/msrs.c
// File: arch/x86/kvm/x86.c
@@
expression GPC;
@@
kvm_write_system_time(...)
{
<...
- kvm_gpc_deactivate(GPC);
+ ;
...>
}
