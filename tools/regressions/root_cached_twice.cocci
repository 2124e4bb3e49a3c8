// SPDX-License-Identifier: GPL-2.0-only
// Name: root_cached_twice
// Class: UNSAFE
// Origin: blind
// A user would see: memory of the kernel used after it was freed
// Observable: yes: a warning when a root goes that KVM has cached twice
// First: nested_table tables.pages.each_of_many_l2_has_its_own
// File: arch/x86/kvm/mmu/mmu.c
@@
expression M, I;
@@
cached_root_find_without_current(...)
{
<...
- M->prev_roots[I].hpa = INVALID_PAGE;
...>
}
