// SPDX-License-Identifier: GPL-2.0-only
// Name: entries_left_for_lack_of_memory
// Class: UNSAFE
// Origin: generated
// A user would see: where memory is short, each memslot that fails for it makes it shorter
// Observable: yes: vmalloc grows
// First: memory_back left_behind.by_memslots_without_memory
// Needs: failslab
// File: arch/x86/kvm/x86.c
@@
identifier slot, i;
@@
kvm_alloc_memslot_metadata(...)
{
<...
- vfree(slot->arch.lpage_info[i - 1]);
...>
}
