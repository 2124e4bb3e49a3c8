// SPDX-License-Identifier: GPL-2.0-only
// Name: signal_does_not_end_fault
// Class: HANG
// Origin: plausible; as before 6.1
// A user would see: a vCPU that waits for a page of the host cannot be stopped by a signal
// Observable: yes: userfaultfd holds it, and KVM_RUN does not say EINTR
// First: signal held.signal_ends_run
// File: arch/x86/kvm/mmu/mmu.c
@@
@@
- FOLL_INTERRUPTIBLE
+ 0
