// SPDX-License-Identifier: GPL-2.0-only
// Name: first_run_fails_for_ever
// Class: ERR
// Origin: fixed by 931656b9e2ff and 916b7f42b3b3 (Mar 2025)
// A user would see: one signal or failed allocation during the first KVM_RUN, and all later ones say ENOMEM
// Observable: yes: errno of the KVM_RUN after a first one that failed, or that met a signal
// First: signal global.first_entry_meets_signal
// File: arch/x86/kvm/mmu/mmu.c
@@
expression T;
@@
kvm_mmu_start_lpage_recovery(...)
{
<...
- return PTR_ERR(T);
+ return 0;
...>
}

@@
@@
kvm_mmu_post_init_vm(...)
{
...
- return call_once(&kvm->arch.nx_once, kvm_mmu_start_lpage_recovery);
+ call_once(&kvm->arch.nx_once, kvm_mmu_start_lpage_recovery);
+ return kvm->arch.nx_huge_page_recovery_thread ? 0 : -ENOMEM;
}
