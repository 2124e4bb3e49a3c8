// SPDX-License-Identifier: GPL-2.0-only
// Name: reserved_bits_told_as_violation
// Class: ERR
// Origin: plausible
// A user would see: the guest repeats an access for ever that its tables' reserved bits forbid
// Observable: yes: the exit's reason
// First: nested_protect tables.pages.l1_is_told_what_they_do_not_allow
// File: arch/x86/kvm/vmx/nested.c
// Needs: intel
@@
@@
nested_ept_inject_page_fault(...)
{
<...
- fault->error_code & PFERR_RSVD_MASK
+ false
...>
}
