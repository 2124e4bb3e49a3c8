// SPDX-License-Identifier: GPL-2.0-only
// Name: never_while_a_vm_lives
// Class: ERR
// First: refusal refusal.module_parameter
// Origin: plausible
// A user would see: NX hugepages are switched off for good under a VM that counts on them
// Observable: yes: success instead of EBUSY
// File: arch/x86/kvm/mmu/mmu.c
@@
@@
set_nx_huge_pages(...)
{
<...
- !list_empty(&vm_list)
+ 0
...>
}
