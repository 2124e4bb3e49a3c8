// SPDX-License-Identifier: GPL-2.0-only
// Name: left_l2_asks_for_its_pages
// Class: ERR
// Origin: blind
// A user would see: a warning of the kernel when a snapshot is loaded
// Observable: yes: a warning when L1 runs where L2 was restored, but did not run
// First: nested_protect tables.pages.l1_goes_on_where_l2_was_restored_in_vain
// Needs: amd
// File: arch/x86/kvm/svm/nested.c
@@
@@
svm_leave_nested(...)
{
<...
- kvm_clear_request(KVM_REQ_GET_NESTED_STATE_PAGES, ...);
...>
}
