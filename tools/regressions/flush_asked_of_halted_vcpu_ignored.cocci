// SPDX-License-Identifier: GPL-2.0-only
// Name: flush_asked_of_halted_vcpu_ignored
// Class: UNSAFE
// Origin: plausible
// A user would see: a guest process that still reads pages which its kernel gave to another
// Observable: yes: the stat tlb_flush
// First: pvclock clock.flush_asked_of_a_vcpu_that_does_not_run
// File: arch/x86/kvm/x86.c
@@
expression V;
@@
record_steal_time(...)
{
<...
- kvm_vcpu_flush_tlb_guest(V);
+ ;
...>
}
