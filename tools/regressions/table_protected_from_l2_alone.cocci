// SPDX-License-Identifier: GPL-2.0-only
// Name: table_protected_from_l2_alone
// Class: UNSAFE
// Origin: blind
// A user would see: a guest of a guest that sees other memory than its tables say
// Observable: yes: L1 changes a table unseen where L2 could write to it as well
// First: nested_table tables.pages.change_of_what_l2_wrote_before_is_seen
// File: arch/x86/kvm/mmu/mmu.c
@@
identifier W;
@@
kvm_mmu_slot_gfn_write_protect(...)
{
<...
- if (tdp_mmu_enabled)
+ if (tdp_mmu_enabled && !W)
	W |= kvm_tdp_mmu_write_protect_gfn(...);
...>
}
