// SPDX-License-Identifier: GPL-2.0-only
// Name: page_walk_hides_write
// Class: UNSAFE
// Origin: held out
// A user would see: page tables that the guest writes are lost in a migration
// Observable: yes: a page is not dirty
// First: page_table page_table.write_after_a_walk_is_logged
// File: arch/x86/kvm/mmu/mmu.c
@@
expression old, new;
@@
fast_pf_fix_direct_spte(...)
{
<...
- is_writable_pte(new) && !is_writable_pte(old)
+ is_writable_pte(new) && !is_writable_pte(old) && !(fault->error_code & PFERR_GUEST_PAGE_MASK)
...>
}
