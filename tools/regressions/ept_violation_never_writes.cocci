// SPDX-License-Identifier: GPL-2.0-only
// Name: ept_violation_never_writes
// Class: HANG
// Origin: plausible
// A user would see: a guest that hangs at its first write to a page that may only be read
// Observable: yes
// File: arch/x86/kvm/vmx/common.h
// Needs: intel
// First: dirty_log
@@
identifier fn, q;
@@
fn(...)
{
<...
- (q & EPT_VIOLATION_ACC_WRITE) ? PFERR_WRITE_MASK : 0
+ 0
...>
}
