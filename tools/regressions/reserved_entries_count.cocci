// SPDX-License-Identifier: GPL-2.0-only
// Name: reserved_entries_count
// Class: PERF
// Equivalent before: 6.13
// Origin: 6.12.95 as shipped; catalogue M19a, D1
// A user would see: after a conversion that failed for lack of memory shared hugepages stay small
// Observable: yes, where allocations can be made to fail; 6.12 has this bug anyway
// File: virt/kvm/kvm_main.c
// Needs: failslab
@@
@@
kvm_range_has_memory_attributes(...)
{
...
guard(rcu)();
+ if (!attrs)
+	return !xas_find(&xas, end - 1);
...
}
