// SPDX-License-Identifier: GPL-2.0-only
// Name: page_stays_pinned
// Class: PERF
// Origin: generated, by make mutate; 7.x only, 6.12 has other code
// A user would see: each exit to the guest of a nested one leaves a page that can never be moved
// Observable: yes: pinned pages in /proc/vmstat
// First: nested global.what_kvm_writes_is_not_pinned_for_long
// File: virt/kvm/kvm_main.c
// Needs: amd
@@
expression list pages;
@@
hva_to_pfn_fast(...)
{
<...
- pin_user_pages_fast(pages) == 1
+ pin_user_pages_fast(pages) != 1
...>
}
