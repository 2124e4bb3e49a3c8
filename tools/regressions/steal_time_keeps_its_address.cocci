// SPDX-License-Identifier: GPL-2.0-only
// Name: steal_time_keeps_its_address
// Class: UNSAFE
// Origin: plausible
// A user would see: a guest that moves its steal time: no time is stolen, and other memory changes
// Observable: yes: memory that is none of it any more is written
// First: pvclock clock.steal_time_follows_guest
// File: arch/x86/kvm/x86.c
@@
expression A, B;
identifier GHC;
@@
record_steal_time(...)
{
<...
- A || B != GHC->gpa
+ A
...>
}
