// SPDX-License-Identifier: GPL-2.0-only
// Name: short_circuit_asks_first_page
// Class: UNSAFE
// Origin: plausible
// A user would see: a conversion whose first page has the attribute already does nothing
// Observable: yes: pages are not private
// First: memslot memslot.range_spans_two_memslots.as_written
// File: virt/kvm/kvm_main.c
@@
@@
kvm_vm_set_mem_attributes(...)
{
<...
- kvm_range_has_memory_attributes(kvm, start, end, ~0, attributes)
+ kvm_range_has_memory_attributes(kvm, start, start + 1, ~0, attributes)
...>
}
