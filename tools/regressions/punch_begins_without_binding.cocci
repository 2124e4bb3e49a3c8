// SPDX-License-Identifier: GPL-2.0-only
// Name: punch_begins_without_binding
// Class: HANG
// Origin: fixed by 20230921203331.3746712-6; catalogue G2
// A user would see: a hole punched in an unbound guest_memfd: faults are tried again for ever
// Observable: yes: pre-fault and guest hang, the kernel warns
// File: virt/kvm/guest_memfd.c
@@
@@
__kvm_gmem_invalidate_start(...)
{
...
if (found_memslot)
	KVM_MMU_UNLOCK(kvm);
+ else {
+	KVM_MMU_LOCK(kvm);
+	kvm_mmu_invalidate_start(kvm);
+	KVM_MMU_UNLOCK(kvm);
+ }
}

@@
@@
kvm_gmem_invalidate_begin(...)
{
...
if (found_memslot)
	KVM_MMU_UNLOCK(kvm);
+ else {
+	KVM_MMU_LOCK(kvm);
+	kvm_mmu_invalidate_begin(kvm);
+	KVM_MMU_UNLOCK(kvm);
+ }
}
