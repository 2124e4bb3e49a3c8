// SPDX-License-Identifier: GPL-2.0-only
// Name: shared_only_memslots_not_updated
// Class: UNSAFE
// First: memslot memslot.shared_only_memslot_created_over_attributes.as_written
// Origin: v10 to v12, fixed by 20230921203331.3746712-8; catalogue M13
// A user would see: a private page of a memslot without guest_memfd is reached as shared memory
// Observable: yes: no KVM_EXIT_MEMORY_FAULT
// File: arch/x86/kvm/mmu/mmu.c
@@
@@
kvm_arch_post_set_memory_attributes(...)
{
...
if (WARN_ON_ONCE(!kvm_arch_has_private_mem(kvm)))
	return false;
+ if (!(slot->flags & KVM_MEM_GUEST_MEMFD))
+	return false;
...
}
