// SPDX-License-Identifier: GPL-2.0-only
// Name: recovered_as_shared
// Class: EQUIVALENT
// Origin: plausible; 7.x only, 6.12 has other code
// A user would see: nothing: a memslot with guest_memfd cannot be logged, and without it private pages have no leaf to make a hugepage of
// Observable: no; the warning that unmodified 7.3 prints there goes away
// File: arch/x86/kvm/mmu/mmu.c
@@
@@
- is_private = kvm_mem_is_private(kvm, gfn);
+ is_private = false;
