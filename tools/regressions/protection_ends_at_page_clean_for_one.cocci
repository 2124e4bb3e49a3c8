// SPDX-License-Identifier: GPL-2.0-only
// Name: protection_ends_at_page_clean_for_one
// Class: UNSAFE
// Origin: held out
// A user would see: what the guest and a guest of it write to neighbouring pages is lost in a migration
// Observable: yes: a page is not dirty
// First: nested memory.second_root.what_either_writes_is_logged
// File: arch/x86/kvm/mmu/tdp_mmu.c
@@
expression spte, bit;
@@
clear_dirty_pt_masked(...)
{
<...
  if (!(spte & bit))
-   continue;
+   break;
...>
}
