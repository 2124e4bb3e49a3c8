// SPDX-License-Identifier: GPL-2.0-only
// Name: prefault_of_shadowed_memory
// Class: ERR
// Origin: held out
// A user would see: a pre-fault for a guest of the guest is said to be done, and is not
// Observable: yes: no errno
// First: nested memory.shadow_paging.prefault_by_l2
// File: arch/x86/kvm/mmu/mmu.c
@@
expression fault;
symbol kvm_tdp_page_fault;
@@
kvm_tdp_page_prefault(...)
{
<...
- if (fault != kvm_tdp_page_fault)
+ if (!tdp_enabled)
    return -EOPNOTSUPP;
...>
}
