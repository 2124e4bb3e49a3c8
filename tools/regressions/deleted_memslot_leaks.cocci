// SPDX-License-Identifier: GPL-2.0-only
// Name: deleted_memslot_leaks
// Class: OOB
// First: memory_back left_behind.by_deletions
// Origin: generated
// A user would see: memory that is gone until the machine restarts, more with each memslot that is deleted
// Observable: yes: the kernel's own memory grows
// File: virt/kvm/kvm_main.c
@@
@@
kvm_set_memslot(...)
{
<...
- if (change == KVM_MR_DELETE || change == KVM_MR_MOVE)
+ if (change == KVM_MR_MOVE)
	kfree(...);
...>
}
