// SPDX-License-Identifier: GPL-2.0-only
// Name: memslot_made_anew_not_found_by_hva
// Class: UNSAFE
// Origin: held out
// A user would see: a guest that keeps pages which the host took, once it was migrated
// Observable: yes: leaves that stay
// First: host_change change.memslot_that_was_changed_loses_its_leaves
// File: virt/kvm/kvm_main.c
@@
identifier OLD, NEW;
expression I, A;
@@
kvm_replace_memslot(struct kvm *kvm, struct kvm_memory_slot *OLD, struct kvm_memory_slot *NEW)
{
<...
(
- NEW->hva_node[I].start = A;
+ if (!OLD)
+	NEW->hva_node[I].start = A;
|
- NEW->hva_node[I].last = A;
+ if (!OLD)
+	NEW->hva_node[I].last = A;
)
...>
}
