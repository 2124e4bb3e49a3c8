// SPDX-License-Identifier: GPL-2.0-only
// Name: shadowed_page_never_unsynchronized
// Class: UNSAFE
// Origin: held out
// A user would see: a guest of the guest does not see what the guest has changed in page tables for it
// Observable: yes: contents
// First: nested_table tables.pages.l2_sees_what_l1_maps_anew
// File: arch/x86/kvm/mmu/spte.c
@@
expression old, level;
@@
make_spte(...)
{
<...
- (!is_last_spte(old, level) || !is_writable_pte(old))
+ (!is_last_spte(old, level) && !is_writable_pte(old))
...>
}
