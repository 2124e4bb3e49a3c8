// SPDX-License-Identifier: GPL-2.0-only
// Name: split_page_tables_not_counted
// Class: ERR
// Origin: held out
// A user would see: SecPageTables is too small while a VM is migrated, and wraps when it ends
// Observable: yes: SecPageTables
// First: memory_back log_splits.page_tables_are_counted_when_it_is_cleared
// Afterwards: reboot
// File: arch/x86/kvm/mmu/tdp_mmu.c
@@
expression kvm, sp, iter, spte;
identifier ret;
@@
tdp_mmu_link_sp(...)
{
<...
 if (shared) {
	ret = tdp_mmu_set_spte_atomic(kvm, iter, spte);
	if (ret)
		return ret;
+	tdp_account_mmu_page(kvm, sp);
 } else {
	tdp_mmu_iter_set_spte(kvm, iter, spte);
 }
- tdp_account_mmu_page(kvm, sp);
...>
}
