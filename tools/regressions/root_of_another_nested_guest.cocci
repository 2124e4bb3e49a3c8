// SPDX-License-Identifier: GPL-2.0-only
// Name: root_of_another_nested_guest
// Class: UNSAFE
// Origin: held out
// A user would see: of two guests of the guest the second runs with the memory of the first
// Observable: yes: contents
// First: nested_table tables.pages.each_l2_has_its_own
// File: arch/x86/kvm/mmu/mmu.c
@@
identifier role, pgd, root;
@@
is_root_usable(...)
{
<...
- if (!role.direct && pgd != root->pgd)
+ if (!role.direct && !pgd)
    return false;
...>
}
