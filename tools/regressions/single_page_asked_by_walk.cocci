// SPDX-License-Identifier: GPL-2.0-only
// Name: single_page_asked_by_walk
// Class: EQUIVALENT
// Origin: plausible
// A user would see: nothing: the walk finds the same for one page
// Observable: no: only a shortcut is gone
// File: virt/kvm/kvm_main.c
@@
@@
kvm_range_has_memory_attributes(...)
{
<...
- if (end == start + 1)
-	return (kvm_get_memory_attributes(kvm, start) & mask) == attrs;
...>
}
