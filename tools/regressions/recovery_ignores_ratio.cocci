// SPDX-License-Identifier: GPL-2.0-only
// Name: recovery_ignores_ratio
// Class: PERF
// First: nx_hugepage nx_hugepage.recovered_in_part.forced
// Origin: plausible
// A user would see: all hugepages split for execution are recovered at once, and split again
// Observable: yes: nx_lpage_splits falls to 0 where a share should be taken
// File: arch/x86/kvm/mmu/mmu.c
@@
expression pages, ratio;
@@
- DIV_ROUND_UP(pages, ratio)
+ pages
