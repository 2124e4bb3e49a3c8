// SPDX-License-Identifier: GPL-2.0-only
// Name: whole_hugepages_zapped
// Class: PERF
// Origin: plausible
// A user would see: a conversion unmaps the small neighbours in the same 2M, too
// Observable: yes: leaves of neighbours go
// File: arch/x86/kvm/mmu/mmu.c
@@
@@
kvm_arch_pre_set_memory_attributes(...)
{
...
+ range->start = gfn_round_for_level(range->start, PG_LEVEL_2M);
+ range->end = gfn_round_for_level(range->end - 1, PG_LEVEL_2M) + KVM_PAGES_PER_HPAGE(PG_LEVEL_2M);
return kvm_unmap_gfn_range(kvm, range);
}
