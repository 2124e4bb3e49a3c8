// SPDX-License-Identifier: GPL-2.0-only
// Name: page_in_background_wakes_nobody
// Class: HANG
// Origin: held out
// A user would see: a guest whose memory was swapped out stops until something else wakes it
// Observable: yes: the vCPU stays halted
// First: async_fault async.same_page_again
// File: arch/x86/kvm/x86.c
@@
identifier vcpu;
@@
kvm_vcpu_has_events(...)
{
<...
- if (!list_empty_careful(&vcpu->async_pf.done))
- 	return true;
...>
}
