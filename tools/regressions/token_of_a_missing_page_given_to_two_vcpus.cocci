// SPDX-License-Identifier: GPL-2.0-only
// Name: token_of_a_missing_page_given_to_two_vcpus
// Class: HANG
// Origin: held out
// A user would see: a process of the guest that waits for ever for its page, which another one got
// Observable: yes: the token
// First: async_fault global.no_token_is_given_to_two_vcpus
// File: arch/x86/kvm/mmu/mmu.c
@@
expression A, V;
@@
alloc_apf_token(...)
{
<...
- A | V->vcpu_id
+ A
...>
}
