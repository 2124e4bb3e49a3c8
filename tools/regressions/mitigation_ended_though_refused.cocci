// SPDX-License-Identifier: GPL-2.0-only
// Name: mitigation_ended_though_refused
// Class: UNSAFE
// Origin: held out
// A user would see: a guest can bring down the host by what NX hugepages are there to prevent
// Observable: yes: hugepages are executed and not split
// First: nx_hugepage global.vm_without_mitigation_is_not_split
// File: arch/x86/kvm/x86.c
@@
expression kvm;
@@
- if (!kvm->created_vcpus) {
+ kvm->arch.disable_nx_huge_pages = true;
+ if (!kvm->created_vcpus)
- 	kvm->arch.disable_nx_huge_pages = true;
  	r = 0;
- }
