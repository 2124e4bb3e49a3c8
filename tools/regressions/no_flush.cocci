// SPDX-License-Identifier: GPL-2.0-only
// Name: no_flush
// Class: UNSAFE
// Origin: plausible; catalogue M33
// A user would see: the guest reaches the old page until its TLB is flushed
// First: attributes flush.where_leaves_go
// Observable: yes: KVM's count of flushes does not rise; the old page cannot be reached under TCG, which flushes the TLB on each VM entry
// File: virt/kvm/kvm_main.c
@@
@@
kvm_vm_set_mem_attributes(...)
{
...
mutex_lock(&kvm->slots_lock);
+ pre_set_range.flush_on_ret = false;
...
}
