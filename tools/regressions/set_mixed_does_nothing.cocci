// SPDX-License-Identifier: GPL-2.0-only
// Name: set_mixed_does_nothing
// Class: UNSAFE
// Origin: plausible; catalogue M12a
// A user would see: hugepages over private pages: the guest loses private data
// Observable: yes: pages_2m rises where pages_4k should
// File: arch/x86/kvm/mmu/mmu.c
@@
@@
hugepage_set_mixed(...)
{
- lpage_info_slot(...)->disallow_lpage |= KVM_LPAGE_MIXED_FLAG;
}
