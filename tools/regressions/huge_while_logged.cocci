// SPDX-License-Identifier: GPL-2.0-only
// Name: huge_while_logged
// Class: UNSAFE
// Origin: plausible
// A user would see: a hugepage in a memslot with dirty logging: pages written later are not logged
// Observable: yes: pages_2m rises where pages_4k should
// First: dirty_log dirty_log.uniform_hugepages.automatic
// File: arch/x86/kvm/mmu/mmu.c
@@
@@
kvm_mmu_hugepage_adjust(...)
{
...
- if (kvm_slot_dirty_track_enabled(slot))
+ if (!slot->npages)
	return;
...
}
