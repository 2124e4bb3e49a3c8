// SPDX-License-Identifier: GPL-2.0-only
// Name: ended_vm_leaves_its_memslots
// Class: OOB
// Origin: held out
// A user would see: each VM leaves behind what KVM knows of its memory's hugepages, and its logs
// Observable: yes: memory of the kernel grows
// First: memory_back left_behind.by_memslots_of_ended_vms
// File: virt/kvm/kvm_main.c
@@
identifier kvm, memslot;
@@
kvm_free_memslots(struct kvm *kvm, ...)
{
<...
- kvm_free_memslot(kvm, memslot);
+ if (memslot->flags & KVM_MEM_GUEST_MEMFD)
+ 	kvm_gmem_unbind(memslot);
+ kfree(memslot);
...>
}
