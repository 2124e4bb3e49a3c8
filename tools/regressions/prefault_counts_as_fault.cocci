// SPDX-License-Identifier: GPL-2.0-only
// Name: prefault_counts_as_fault
// Class: ERR
// Origin: before "KVM: x86/mmu: Account pf_{fixed,emulate,spurious} in callers" (2024)
// A user would see: a guest with faults that it never had
// Observable: yes: the stat pf_fixed
// First: exits global.prefault_counts_as_no_fault
// File: arch/x86/kvm/mmu/mmu.c
@@
identifier prefault =~ "^kvm_tdp_(page_prefault|map_page)$";
identifier V, R;
@@
prefault(struct kvm_vcpu *V, ...)
{
<...
R = kvm_mmu_do_page_fault(...);
+ if (R == RET_PF_FIXED)
+	V->stat.pf_fixed++;
...>
}
