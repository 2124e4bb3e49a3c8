// SPDX-License-Identifier: GPL-2.0-only
// Name: only_first_memslot_handled
// Class: UNSAFE
// Origin: plausible; catalogue M34b
// A user would see: in the second memslot of a range nothing is unmapped or updated
// Observable: yes: leaves stay, levels are wrong
// First: memslot memslot.range_spans_two_memslots.as_written
// File: virt/kvm/kvm_main.c
@@
@@
kvm_handle_gfn_range(...)
{
<...
- ret |= range->handler(kvm, &gfn_range);
+ ret |= range->handler(kvm, &gfn_range);
+ break;
...>
}
