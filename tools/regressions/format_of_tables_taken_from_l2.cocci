// SPDX-License-Identifier: GPL-2.0-only
// Name: format_of_tables_taken_from_l2
// Class: ERR
// Origin: blind: two authors had it
// A user would see: a guest of a guest that ends after it was migrated
// Observable: yes: when L2 is restored, bits of L1's tables are reserved that were not
// First: nested_protect tables.pages.restored_l2_has_them_as_before
// Needs: amd
// File: arch/x86/kvm/svm/nested.c
@@
expression V, S;
@@
nested_svm_init_mmu_context(...)
{
<...
  kvm_init_shadow_npt_mmu(V,
-	S->vmcb01.ptr->save.cr4, S->vmcb01.ptr->save.efer,
+	kvm_read_cr4(V), V->arch.efer,
	...)
...>
}
