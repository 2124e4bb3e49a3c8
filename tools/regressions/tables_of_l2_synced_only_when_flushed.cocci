// SPDX-License-Identifier: GPL-2.0-only
// Name: tables_of_l2_synced_only_when_flushed
// Class: UNSAFE
// Origin: held out
// A user would see: a guest of a guest that has the memory of another one
// Observable: yes: L2 reads the old page
// First: nested_table tables.pages.l2_sees_what_l1_maps_anew
// File: arch/x86/kvm/svm/nested.c
@@
expression V;
@@
nested_svm_transition_tlb_flush(...)
{
<...
- kvm_make_request(KVM_REQ_MMU_SYNC, V);
+ if (to_svm(V)->nested.ctl.tlb_ctl)
+	kvm_make_request(KVM_REQ_MMU_SYNC, V);
...>
}
