// SPDX-License-Identifier: GPL-2.0-only
// Name: ring_mapped_one_page_too_far
// Class: OOB
// Origin: held out
// A user would see: memory of the kernel that is not there
// Observable: yes: a page behind the ring can be read
// First: capability of_vm.default_type.mapping_of_ring
// File: virt/kvm/kvm_main.c
@@
expression pgoff, end;
@@
kvm_page_in_dirty_ring(...)
{
<...
- pgoff < KVM_DIRTY_LOG_PAGE_OFFSET + end
+ pgoff <= KVM_DIRTY_LOG_PAGE_OFFSET + end
...>
}
