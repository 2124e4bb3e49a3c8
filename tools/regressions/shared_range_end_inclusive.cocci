// SPDX-License-Identifier: GPL-2.0-only
// Name: shared_range_end_inclusive
// Class: PERF
// First: memslot memslot.size_misaligned_to_2M.as_written
// Origin: v12 (20230914015531.1419405-12), found by Binbin Wu
// A user would see: a shared hugepage before a private one is lost
// Observable: yes: pages_4k rises where pages_2m should
// File: virt/kvm/kvm_main.c
@@
@@
kvm_range_has_memory_attributes(...)
{
<...
(
- xas_next_entry(&xas, end - 1)
+ xas_next_entry(&xas, end)
|
- xas_find(&xas, end - 1)
+ xas_find(&xas, end)
)
...>
}
