// SPDX-License-Identifier: GPL-2.0-only
// Name: mitigation_off_zaps_nothing
// Class: PERF
// First: nx_hugepage nx_hugepage.switched_off.forced
// Origin: plausible
// A user would see: hugepages stay split when NX hugepages are switched off
// Observable: yes: leaves stay
// File: arch/x86/kvm/mmu/mmu.c
@@
@@
set_nx_huge_pages(...)
{
<...
- kvm_mmu_zap_all_fast(kvm);
+ if (new_val)
+	kvm_mmu_zap_all_fast(kvm);
...>
}
