// SPDX-License-Identifier: GPL-2.0-only
// Name: init_flag_inverted
// Class: UNSAFE
// Origin: plausible
// A user would see: a memslot has hugepages exactly over mixed pages
// Observable: yes: all levels are wrong
// File: arch/x86/kvm/mmu/mmu.c
@@
@@
kvm_mmu_init_memslot_memory_attributes(...)
{
<...
- hugepage_has_attrs(kvm, slot, gfn, level, attrs)
+ !hugepage_has_attrs(kvm, slot, gfn, level, attrs)
...>
}
