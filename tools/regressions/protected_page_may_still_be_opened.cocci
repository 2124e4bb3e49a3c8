// SPDX-License-Identifier: GPL-2.0-only
// Name: protected_page_may_still_be_opened
// Class: UNSAFE
// Origin: blind
// A user would see: a guest of a guest that has the memory of another one
// Observable: yes: L2 reads the old page while L1's tables are logged
// First: nested_table tables.pages.l2_sees_what_l1_changes_while_they_are_logged
// File: arch/x86/kvm/mmu/tdp_mmu.c
@@
expression I;
@@
write_protect_gfn(...)
{
<...
+ if (!is_writable_pte(I.old_spte))
+	break;
  new_spte = I.old_spte & ~(PT_WRITABLE_MASK | shadow_mmu_writable_mask);
...>
}
