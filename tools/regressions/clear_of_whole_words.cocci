// SPDX-License-Identifier: GPL-2.0-only
// Name: clear_of_whole_words
// Class: UNSAFE
// First: dirty_log dirty_log.memslot_begins_within_64_pages.manual
// Origin: plausible
// A user would see: pages that were not asked for are clean after KVM_CLEAR_DIRTY_LOG: their contents are lost
// Observable: yes: no dirty bit beside the pages that were cleared
// File: virt/kvm/kvm_main.c
@@
@@
kvm_clear_dirty_log_protect(...)
{
<...
- mask &= atomic_long_fetch_andnot(mask, p);
+ mask = atomic_long_xchg(p, 0);
...>
}
