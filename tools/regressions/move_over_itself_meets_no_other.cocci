// SPDX-License-Identifier: GPL-2.0-only
// Name: move_over_itself_meets_no_other
// Class: ERR
// Origin: held out
// A user would see: two memslots at one gpa, where one was moved by less than its size
// Observable: yes: errno
// First: refusal refusal.memslot_change
// File: virt/kvm/kvm_main.c
@@
expression own;
identifier iter;
iterator name kvm_for_each_memslot_in_gfn_range;
@@
kvm_check_memslot_overlap(...)
{
<...
 kvm_for_each_memslot_in_gfn_range(&iter, ...) {
- if (iter.slot->id != own)
-	return true;
+ return iter.slot->id != own;
 }
...>
}
