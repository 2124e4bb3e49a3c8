// SPDX-License-Identifier: GPL-2.0-only
// Name: read_only_memslots_not_updated
// Class: UNSAFE
// First: exits read_only_memslot.mixed_and_uniform_again
// Origin: plausible
// A user would see: a private page of a read-only memslot is read as shared memory
// Observable: yes: pages_2m rises where pages_4k should
// File: arch/x86/kvm/mmu/mmu.c
@@
@@
kvm_arch_post_set_memory_attributes(...)
{
...
if (WARN_ON_ONCE(!kvm_arch_has_private_mem(kvm)))
	return false;
+ if (slot->flags & KVM_MEM_READONLY)
+	return false;
...
}
