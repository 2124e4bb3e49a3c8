// SPDX-License-Identifier: GPL-2.0-only
// Name: shadow_pages_outlive_their_memslot
// Class: UNSAFE
// Origin: plausible
// A user would see: the kernel writes to memory of a memslot that is gone
// Observable: yes: leaves, warnings
// First: nested_table tables.hugepages.their_memslot_may_go
// File: arch/x86/kvm/mmu/mmu.c
@@
@@
kvm_mmu_zap_memslot_pages_and_flush(...)
{
...
- if (list_empty(&kvm->arch.active_mmu_pages))
- goto out_flush;
+ goto out_flush;
...
}
