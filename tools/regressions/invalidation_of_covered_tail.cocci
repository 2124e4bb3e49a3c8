// SPDX-License-Identifier: GPL-2.0-only
// Name: invalidation_of_covered_tail
// Class: EQUIVALENT
// Origin: v1 of commit 9129633d568e; catalogue E5
// A user would see: nothing: only more is invalidated
// Observable: no: a fault is tried again, no leaf goes
// File: arch/x86/kvm/mmu/mmu.c
@@
expression E;
@@
kvm_arch_pre_set_memory_attributes(...)
{
<...
- (end + nr_pages) > range->end && E
+ E
...>
}
