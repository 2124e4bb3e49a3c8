// SPDX-License-Identifier: GPL-2.0-only
// Name: nothing_zapped
// Class: UNSAFE
// Origin: plausible; catalogue C1 (upstream notices)
// A user would see: what was mapped stays so after a conversion
// Observable: yes: leaves stay
// File: arch/x86/kvm/mmu/mmu.c
@@
@@
kvm_arch_pre_set_memory_attributes(...)
{
...
- return kvm_unmap_gfn_range(kvm, range);
+ return false;
}
