// SPDX-License-Identifier: GPL-2.0-only
// Name: flush_lost_where_cpu_is_wanted
// Class: UNSAFE
// Origin: held out
// A user would see: the guest goes on with memory that the host has dropped
// Observable: yes: no flush is asked for
// First: tlb_flush flush.when_host_drops_memory_on_a_busy_cpu
// File: arch/x86/kvm/mmu/tdp_mmu.c
@@
@@
tdp_mmu_zap_leafs(...)
{
<...
- tdp_mmu_iter_cond_resched(kvm, &iter, flush, false)
+ tdp_mmu_iter_cond_resched(kvm, &iter, false, false)
...>
}
