// SPDX-License-Identifier: GPL-2.0-only
// Name: range_of_first_memslot_for_all
// Class: UNSAFE
// Origin: v7 sketch, v8 (20220915142913.2213336-7); catalogue M34a
// A user would see: in the second memslot of a range nothing is unmapped or updated
// Observable: yes: leaves stay, levels are wrong
// First: memslot memslot.range_spans_two_memslots.as_written
// File: virt/kvm/kvm_main.c
@@
@@
kvm_handle_gfn_range(...)
{
<...
gfn_range.end = min(range->end, slot->base_gfn + slot->npages);
+ range->start = gfn_range.start;
+ range->end = gfn_range.end;
...>
}
