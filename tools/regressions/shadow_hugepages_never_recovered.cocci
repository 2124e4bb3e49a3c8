// SPDX-License-Identifier: GPL-2.0-only
// Name: shadow_hugepages_never_recovered
// Class: PERF
// Origin: plausible
// A user would see: what a guest of the guest has executed stays split
// Observable: yes: nx_lpage_splits
// First: nested memory.shadow_paging.what_either_executes_is_split_and_recovered
// File: arch/x86/kvm/mmu/mmu.c
@@
expression kvm, type;
@@
kvm_nx_huge_page_recovery_worker(...)
{
<...
- kvm_recover_nx_huge_pages(kvm, type);
+ if (type != KVM_SHADOW_MMU)
+   kvm_recover_nx_huge_pages(kvm, type);
...>
}
