// SPDX-License-Identifier: GPL-2.0-only
// Name: rmaps_that_nobody_needs
// Class: PERF
// Origin: generated
// A user would see: a large VM costs the host 2 GiB for each TiB
// Observable: yes: vmalloc
// First: memory_back left_behind.no_list_for_each_page
// File: arch/x86/kvm/x86.c
@@
expression kvm;
@@
kvm_alloc_memslot_metadata(...)
{
<...
- kvm_memslots_have_rmaps(kvm)
+ true
...>
}
