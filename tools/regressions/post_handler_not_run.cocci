// SPDX-License-Identifier: GPL-2.0-only
// Name: post_handler_not_run
// Class: UNSAFE
// Origin: plausible; catalogue M12b
// A user would see: hugepages over private pages: the guest loses private data
// Observable: yes: pages_2m rises where pages_4k should
// File: arch/x86/kvm/mmu/mmu.c
@@
@@
kvm_arch_post_set_memory_attributes(...)
{
...
if (WARN_ON_ONCE(!kvm_arch_has_private_mem(kvm)))
	return false;
+ if (range->may_block)
+	return false;
...
}
