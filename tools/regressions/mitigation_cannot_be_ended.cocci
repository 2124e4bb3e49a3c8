// SPDX-License-Identifier: GPL-2.0-only
// Name: mitigation_cannot_be_ended
// Class: PERF
// Origin: plausible
// A user would see: a VM whose guest is trusted pays for the mitigation
// Observable: yes: executed hugepages are split
// First: nx_hugepage global.vm_without_mitigation_is_not_split
// File: arch/x86/kvm/x86.c
@@
expression kvm;
@@
- kvm->arch.disable_nx_huge_pages = true;
