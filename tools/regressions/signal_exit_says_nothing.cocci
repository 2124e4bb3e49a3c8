// SPDX-License-Identifier: GPL-2.0-only
// Name: signal_exit_says_nothing
// Class: ERR
// Origin: plausible, of a blind test
// A user would see: KVM_RUN fails with EINTR, and kvm_run still has the exit before it, or none
// Observable: yes: exit_reason after a signal has ended a fault that waits for the host
// First: signal held.signal_ends_run
// File: arch/x86/kvm/mmu/mmu.c
@@
@@
kvm_handle_error_pfn(...)
{
<...
- kvm_handle_signal_exit(...);
...>
}
