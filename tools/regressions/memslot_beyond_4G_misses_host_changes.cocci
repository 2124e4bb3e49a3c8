// SPDX-License-Identifier: GPL-2.0-only
// Name: memslot_beyond_4G_misses_host_changes
// Class: UNSAFE
// Origin: plausible, of a blind test
// A user would see: guests that write to memory which the host has given to somebody else
// Observable: yes: leaves behind 4G of a memslot when the host drops its page
// First: memslot global.page_beyond_4G_is_unmapped_with_the_host
// File: virt/kvm/kvm_main.c
@@
expression N;
@@
kvm_replace_memslot(...)
{
<...
- (N->npages << PAGE_SHIFT)
+ (u32)(N->npages << PAGE_SHIFT)
...>
}
