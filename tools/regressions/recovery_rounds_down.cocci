// SPDX-License-Identifier: GPL-2.0-only
// Name: recovery_rounds_down
// Class: PERF
// First: nx_hugepage nx_hugepage.recovered_one_at_least.forced
// Origin: plausible
// A user would see: a few hugepages split for execution never come back
// Observable: yes: nothing is recovered of fewer hugepages than the ratio
// File: arch/x86/kvm/mmu/mmu.c
@@
expression pages, ratio;
@@
- DIV_ROUND_UP(pages, ratio)
+ pages / ratio
