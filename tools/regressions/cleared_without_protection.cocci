// SPDX-License-Identifier: GPL-2.0-only
// Name: cleared_without_protection
// Class: UNSAFE
// First: dirty_log dirty_log.memslot_begins_within_64_pages.manual
// Origin: plausible
// A user would see: pages written after KVM_CLEAR_DIRTY_LOG are not logged
// Observable: yes: no dirty bits after a page was cleared by hand
// File: virt/kvm/kvm_main.c
@@
@@
kvm_clear_dirty_log_protect(...)
{
<...
- kvm_arch_mmu_enable_log_dirty_pt_masked(kvm, memslot, offset, mask);
+ kvm_arch_mmu_enable_log_dirty_pt_masked(kvm, memslot, 0, mask);
...>
}
