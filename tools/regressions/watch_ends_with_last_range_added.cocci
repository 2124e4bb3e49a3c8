// SPDX-License-Identifier: GPL-2.0-only
// Name: watch_ends_with_last_range_added
// Class: RACE
// First: race window.page_itself_far_behind_head
// Origin: held out
// A user would see: shared memory at a gfn that is private, if it is touched while it is converted
// Observable: yes: by a fault far behind a head that is not aligned
// Equivalent before 7.3
// File: virt/kvm/kvm_main.c
@@
expression kvm, end;
@@
kvm_mmu_invalidate_range_add(...)
{
<...
- max(kvm->mmu_invalidate_range_end, end)
+ max(kvm->mmu_invalidate_range_start, end)
...>
}
