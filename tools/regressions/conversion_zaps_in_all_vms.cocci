// SPDX-License-Identifier: GPL-2.0-only
// Name: conversion_zaps_in_all_vms
// Class: PERF
// Origin: plausible
// A user would see: a conversion in one VM costs others their mappings
// Observable: yes, with two VMs: leaves go where nothing was converted
// First: concurrency two_vms.one_after_the_other
// File: virt/kvm/kvm_main.c
@@
iterator name list_for_each_entry, kvm_for_each_memslot_in_gfn_range;
@@
kvm_vm_set_mem_attributes(...)
{
...
kvm_handle_gfn_range(kvm, &pre_set_range);
+ {
+	struct kvm *other;
+
+	mutex_lock(&kvm_lock);
+	list_for_each_entry(other, &vm_list, vm_list) {
+		struct kvm_gfn_range gone;
+		struct kvm_memslot_iter iter;
+		int idx;
+
+		if (other == kvm)
+			continue;
+		memset(&gone, 0, sizeof(gone));
+		gone.may_block = true;
+		idx = srcu_read_lock(&other->srcu);
+		KVM_MMU_LOCK(other);
+		if (!other->mmu_invalidate_in_progress++) {
+			other->mmu_invalidate_range_start = INVALID_GPA;
+			other->mmu_invalidate_range_end = INVALID_GPA;
+		}
+		kvm_for_each_memslot_in_gfn_range(&iter, kvm_memslots(other), start, end) {
+			gone.slot = iter.slot;
+			gone.start = max(start, iter.slot->base_gfn);
+			gone.end = min(end, iter.slot->base_gfn + iter.slot->npages);
+			kvm_mmu_invalidate_range_add(other, gone.start, gone.end);
+			kvm_unmap_gfn_range(other, &gone);
+		}
+		kvm_flush_remote_tlbs(other);
+		other->mmu_invalidate_seq++;
+		other->mmu_invalidate_in_progress--;
+		KVM_MMU_UNLOCK(other);
+		srcu_read_unlock(&other->srcu, idx);
+	}
+	mutex_unlock(&kvm_lock);
+ }
...
}
