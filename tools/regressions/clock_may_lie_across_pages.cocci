// SPDX-License-Identifier: GPL-2.0-only
// Name: clock_may_lie_across_pages
// Class: OOB
// Origin: plausible
// A user would see: memory of the host behind the page of a clock that is overwritten
// Observable: yes: by the part in the first page
// First: pvclock clock.that_reaches_beyond_its_page_is_written_nowhere
// File: virt/kvm/pfncache.c
@@
expression OFFSET, LEN;
@@
kvm_gpc_is_valid_len(...)
{
<...
- return OFFSET + LEN <= PAGE_SIZE;
+ return OFFSET + 1 <= PAGE_SIZE;
...>
}
