// SPDX-License-Identifier: GPL-2.0-only
// Name: moved_memslot_leaks
// Class: OOB
// First: memory_back left_behind.by_moves
// Origin: generated
// A user would see: memory that is gone until the machine restarts, more with each move of a memslot
// Observable: yes: the kernel's own memory grows
// File: arch/x86/kvm/x86.c
@@
expression change;
@@
kvm_arch_commit_memory_region(...)
{
<...
- if (change == KVM_MR_MOVE)
+ if (change == KVM_MR_DELETE)
	kvm_arch_free_memslot(...);
...>
}
