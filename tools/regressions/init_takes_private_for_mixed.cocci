// SPDX-License-Identifier: GPL-2.0-only
// Name: init_takes_private_for_mixed
// Class: PERF
// First: huge_private huge_private.attributes_before_memslot.as_written
// Origin: plausible
// A user would see: private memory small in a memslot that comes after its attributes
// Observable: yes: leaves or contents are not the model's
// File: arch/x86/kvm/mmu/mmu.c
// Needs: huge_guest_memfd
@@
expression kvm, slot, gfn, level;
identifier attrs;
@@
kvm_mmu_init_memslot_memory_attributes(...)
{
<...
- hugepage_has_attrs(kvm, slot, gfn, level, attrs)
+ (!attrs && hugepage_has_attrs(kvm, slot, gfn, level, attrs))
...>
}
