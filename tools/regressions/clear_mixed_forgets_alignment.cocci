// SPDX-License-Identifier: GPL-2.0-only
// Name: clear_mixed_forgets_alignment
// Class: UNSAFE
// Origin: plausible
// A user would see: a hugepage where memslot and host address do not agree: the guest reaches other memory
// Observable: yes: pages_2m rises where pages_4k should
// File: arch/x86/kvm/mmu/mmu.c
// Afterwards: reboot; memory of the kernel may have been overwritten
@@
@@
hugepage_clear_mixed(...)
{
- lpage_info_slot(gfn, slot, level)->disallow_lpage &= ~KVM_LPAGE_MIXED_FLAG;
+ lpage_info_slot(gfn, slot, level)->disallow_lpage = 0;
}
