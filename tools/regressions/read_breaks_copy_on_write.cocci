// SPDX-License-Identifier: GPL-2.0-only
// Name: read_breaks_copy_on_write
// Class: PERF
// Origin: held out
// A user would see: memory that guests only read is copied for each
// Observable: yes: the page of the host changes
// First: host_change change.read_of_untouched_memory_takes_no_page
// File: virt/kvm/kvm_main.c
@@
expression hva;
identifier wpage;
@@
hva_to_pfn_slow(...)
{
<...
- get_user_page_fast_only(hva, FOLL_WRITE, &wpage)
+ get_user_pages_unlocked(hva, 1, &wpage, flags | FOLL_WRITE) == 1
...>
}
