// SPDX-License-Identifier: GPL-2.0-only
// Name: punch_without_unmap
// Class: UNSAFE
// Origin: plausible; catalogue G4 (upstream notices)
// A user would see: the guest goes on using memory that was freed
// Observable: yes: leaves stay, contents
// File: virt/kvm/guest_memfd.c
// Afterwards: reboot; memory of the kernel may have been overwritten
@@
@@
- kvm_mmu_unmap_gfn_range(kvm, &gfn_range)
+ (kvm_mmu_invalidate_range_add(kvm, gfn_range.start, gfn_range.end), false)
