// SPDX-License-Identifier: GPL-2.0-only
// Name: invalidation_by_exclusive_end
// Class: EQUIVALENT
// Origin: first draft of commit 9129633d568e (Z__AAB_EFxGFEjDR@google.com); catalogue E4
// A user would see: nothing: only more is invalidated
// Observable: no: a fault is tried again, no leaf goes
// File: arch/x86/kvm/mmu/mmu.c
@@
@@
kvm_arch_pre_set_memory_attributes(...)
{
<...
- gfn_round_for_level(range->end - 1, level)
+ gfn_round_for_level(range->end, level)
...>
}
