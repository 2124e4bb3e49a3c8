// SPDX-License-Identifier: GPL-2.0-only
// Name: mixed_hugepage_waits_for_conversion
// Class: PERF
// First: race beside.mixed_hugepage.faults_are_served_at_once
// Origin: plausible
// A user would see: vCPUs that fault again and again until a conversion beside their pages is over
// Observable: yes: faults while the conversion goes on
// File: arch/x86/kvm/mmu/mmu.c
@@
expression slot, gfn, level;
@@
kvm_arch_pre_set_memory_attributes(...)
{
<...
- !hugepage_test_mixed(slot, gfn, level)
+ true
...>
}
