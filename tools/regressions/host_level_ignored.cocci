// SPDX-License-Identifier: GPL-2.0-only
// Name: host_level_ignored
// Class: UNSAFE
// First: memslot memslot.tail_of_1G_outside_memslot.as_written
// Origin: plausible
// A user would see: a hugepage over host memory of small pages: the guest reaches other memory
// Observable: yes: pages_2m rises where pages_4k should
// File: arch/x86/kvm/mmu/mmu.c
// Afterwards: reboot; memory of the kernel may have been overwritten
@@
expression E;
@@
return
- min(host_level, E)
+ max(host_level, E)
 ;
