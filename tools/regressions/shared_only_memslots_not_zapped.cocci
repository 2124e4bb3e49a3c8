// SPDX-License-Identifier: GPL-2.0-only
// Name: shared_only_memslots_not_zapped
// Class: UNSAFE
// First: memslot memslot.head_of_1G_outside_memslot.as_written
// Origin: v10 to v12, fixed by 20230921203331.3746712-9; catalogue M28
// A user would see: a page of a memslot without guest_memfd stays mapped when it becomes private
// Observable: yes: no KVM_EXIT_MEMORY_FAULT, pages_2m does not fall
// File: arch/x86/kvm/mmu/mmu.c
@@
@@
kvm_arch_pre_set_memory_attributes(...)
{
...
if (WARN_ON_ONCE(!kvm_arch_has_private_mem(kvm)))
	return false;
+ if (!(slot->flags & KVM_MEM_GUEST_MEMFD))
+	return false;
...
}
