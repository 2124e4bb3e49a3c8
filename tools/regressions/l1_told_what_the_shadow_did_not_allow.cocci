// SPDX-License-Identifier: GPL-2.0-only
// Name: l1_told_what_the_shadow_did_not_allow
// Class: ERR
// Origin: plausible
// A user would see: the guest takes a write to a protected page for one to a page that is not there
// Observable: yes: the exit's code
// First: nested_protect tables.pages.l1_is_told_what_they_do_not_allow
// File: arch/x86/kvm/svm/nested.c
// Needs: amd
@@
expression mask;
@@
nested_svm_inject_npf_exit(...)
{
<...
(
- fault->error_code & ~mask
+ vmcb->control.exit_info_1 & ~mask
|
- vmcb->control.exit_info_1 |= fault->error_code
+ vmcb->control.exit_info_1 |= 0
|
- vmcb->control.exit_info_1 &= ~0xffffffffULL
+ vmcb->control.exit_info_1 &= ~0ULL
)
...>
}
