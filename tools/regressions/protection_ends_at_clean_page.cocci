// SPDX-License-Identifier: GPL-2.0-only
// Name: protection_ends_at_clean_page
// Class: UNSAFE
// Origin: held out
// A user would see: a migration loses what the guest writes behind a page that KVM itself has written
// Observable: yes: dirty log
// First: pvclock clock.is_logged_among_pages_of_the_guest
// File: arch/x86/kvm/mmu/tdp_mmu.c
@@
identifier iter, dbit;
@@
clear_dirty_pt_masked(...)
{
<...
  if (!(iter.old_spte & dbit))
-   continue;
+   break;
...>
}
