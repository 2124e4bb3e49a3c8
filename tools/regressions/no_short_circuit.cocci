// SPDX-License-Identifier: GPL-2.0-only
// Name: no_short_circuit
// Class: PERF
// First: memslot memslot.range_reaches_beyond_memslot.as_written
// Origin: v10; catalogue M36
// A user would see: a repeated conversion unmaps what it does not change
// Observable: yes: leaves go at a conversion that changes nothing
// File: virt/kvm/kvm_main.c
@@
@@
kvm_vm_set_mem_attributes(...)
{
<...
- if (kvm_range_has_memory_attributes(kvm, start, end, ~0, attributes))
-	goto out_unlock;
...>
}
