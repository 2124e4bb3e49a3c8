// SPDX-License-Identifier: GPL-2.0-only
// Name: page_in_background_noted_although_nobody_is_told
// Class: HANG
// Origin: plausible
// A user would see: a guest that boots anew and waits for a page that nobody fetches
// Observable: yes: the vCPU stays halted
// First: async_fault told.nothing_once_it_wants_no_more
// File: arch/x86/kvm/msrs.c
// File: arch/x86/kvm/x86.c
@@
expression V;
@@
kvm_pv_enable_async_pf(...)
{
<...
- kvm_async_pf_hash_reset(V);
+ ;
...>
}
