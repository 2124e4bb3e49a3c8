// SPDX-License-Identifier: GPL-2.0-only
// Name: page_protected_in_one_root_only
// Class: UNSAFE
// Origin: held out
// A user would see: a guest of the guest does not see what the guest has changed in page tables for it
// Observable: yes: contents
// First: nested_table tables.pages.change_by_l1_is_seen_in_spite_of_another_root
// File: arch/x86/kvm/mmu/tdp_mmu.c
@@
expression kvm, root, gfn, level;
identifier set;
@@
kvm_tdp_mmu_write_protect_gfn(...)
{
<...
- set |= write_protect_gfn(kvm, root, gfn, level);
+ set = set || write_protect_gfn(kvm, root, gfn, level);
...>
}
