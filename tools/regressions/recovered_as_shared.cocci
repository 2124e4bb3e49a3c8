// SPDX-License-Identifier: GPL-2.0-only
// Name: recovered_as_shared
// Class: UNSAFE
// Origin: plausible; 7.x only, 6.12 has other code
// A user would see: when dirty logging ends, private pages become a hugepage of host memory's level
// Observable: yes: pages_2m rises where it must not
// File: arch/x86/kvm/mmu/mmu.c
// Afterwards: reboot; memory of the kernel may have been overwritten
@@
@@
- is_private = kvm_mem_is_private(kvm, gfn);
+ is_private = false;
