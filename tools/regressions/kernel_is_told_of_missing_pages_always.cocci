// SPDX-License-Identifier: GPL-2.0-only
// Name: kernel_is_told_of_missing_pages_always
// Class: UNSAFE
// Origin: plausible
// A user would see: a guest kernel that has to wait where it cannot, and panics
// Observable: yes: a page fault in kernel mode instead of a halted vCPU
// First: async_fault told.nothing_in_kernel_mode_unless_it_wants_that
// File: arch/x86/kvm/x86.c
@@
expression A, B, C;
@@
kvm_can_deliver_async_pf(...)
{
<...
- if (A && (B || !C))
-	return false;
...>
}
