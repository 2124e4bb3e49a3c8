// SPDX-License-Identifier: GPL-2.0-only
// Name: ept_violation_never_fetches
// Class: HANG
// Origin: plausible
// A user would see: a guest that hangs when it executes from a hugepage
// Observable: yes: with kvm.nx_huge_pages
// File: arch/x86/kvm/vmx/common.h
// Needs: intel
// First: nx_hugepage
@@
identifier fn, q;
@@
fn(...)
{
<...
- (q & EPT_VIOLATION_ACC_INSTR) ? PFERR_FETCH_MASK : 0
+ 0
...>
}
