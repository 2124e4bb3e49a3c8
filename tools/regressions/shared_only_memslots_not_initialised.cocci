// SPDX-License-Identifier: GPL-2.0-only
// Name: shared_only_memslots_not_initialised
// Class: UNSAFE
// First: memslot memslot.shared_only_memslot_created_over_attributes.as_written
// Origin: v10 to v12, fixed by 20230921203331.3746712-8; catalogue M25
// A user would see: a memslot without guest_memfd made over mixed pages has hugepages over them
// Observable: yes: pages_2m rises where pages_4k should
// File: arch/x86/kvm/mmu/mmu.c
@@
@@
kvm_mmu_init_memslot_memory_attributes(...)
{
...
if (!kvm_arch_has_private_mem(kvm))
	return;
+ if (!(slot->flags & KVM_MEM_GUEST_MEMFD))
+	return;
...
}
