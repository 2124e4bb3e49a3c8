// SPDX-License-Identifier: GPL-2.0-only
// Name: last_page_of_range_not_asked
// Class: UNSAFE
// First: memslot memslot.range_differs_in_one_page.as_written
// Origin: plausible off by one
// A user would see: a conversion that changes only the last page of its range does nothing
// Observable: yes: the page is not private
// File: virt/kvm/kvm_main.c
@@
statement S;
@@
kvm_range_has_memory_attributes(...)
{
<...
for (index = start;
- index < end
+ index < end - 1
 ; index++) S
...>
}
