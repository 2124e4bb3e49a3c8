// SPDX-License-Identifier: GPL-2.0-only
// Name: second_space_stays_writable
// Class: UNSAFE
// Origin: held out
// A user would see: memory of system management mode is lost in a migration
// Observable: yes: a page is not dirty
// First: smm two_spaces.hugepages.log_with_all_set_is_cleared_page_by_page
// File: arch/x86/kvm/mmu/tdp_mmu.c
@@
@@
kvm_tdp_mmu_write_protect_gfn(...)
{
<...
- slot->as_id
+ 0
...>
}
