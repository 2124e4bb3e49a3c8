// SPDX-License-Identifier: GPL-2.0-only
// Name: nx_auto_is_force
// Class: PERF
// Origin: held out
// A user would see: hugepages are split on CPUs that need no mitigation
// Observable: yes: a hugepage is split
// First: nx_hugepage global.auto_goes_by_the_cpu
// File: arch/x86/kvm/mmu/mmu.c
@@
@@
set_nx_huge_pages(...)
{
<...
- get_nx_auto_mode()
+ 1
...>
}
