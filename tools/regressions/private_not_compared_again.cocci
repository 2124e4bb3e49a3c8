// SPDX-License-Identifier: GPL-2.0-only
// Name: private_not_compared_again
// Class: EQUIVALENT
// Origin: plausible; catalogue E10
// A user would see: nothing: the fault is private by the same attributes a few instructions before
// Observable: no: not reachable without a delay in the kernel
// File: arch/x86/kvm/mmu/mmu.c
@@
statement S;
@@
- if (fault->is_private != kvm_mem_is_private(
+ if (fault->is_private && !kvm_mem_is_private(
 ..., fault->gfn)) S
