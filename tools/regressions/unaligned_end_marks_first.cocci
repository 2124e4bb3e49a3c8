// SPDX-License-Identifier: GPL-2.0-only
// Name: unaligned_end_marks_first
// Class: UNSAFE
// Origin: plausible slip
// A user would see: the last hugepage of a memslot ends behind it, the first is lost
// Observable: yes: both counts are wrong
// File: arch/x86/kvm/x86.c
// Afterwards: reboot; memory of the kernel may have been overwritten
@@
@@
kvm_alloc_memslot_metadata(...)
{
<...
- linfo[lpages - 1].disallow_lpage = 1;
+ linfo[0].disallow_lpage = 1;
...>
}
