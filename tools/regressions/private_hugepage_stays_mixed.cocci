// SPDX-License-Identifier: GPL-2.0-only
// Name: private_hugepage_stays_mixed
// Class: PERF
// First: huge_private huge_private.page_converted_and_back.as_written
// Origin: plausible
// A user would see: private memory small once a page of it was shared
// Observable: yes: leaves or contents are not the model's
// File: arch/x86/kvm/mmu/mmu.c
// Needs: huge_guest_memfd
@@
expression kvm, slot, gfn, level;
identifier attrs;
@@
kvm_arch_post_set_memory_attributes(...)
{
<...
- hugepage_has_attrs(kvm, slot, gfn, level, attrs)
+ (!attrs && hugepage_has_attrs(kvm, slot, gfn, level, attrs))
...>
}
