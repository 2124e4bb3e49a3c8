// SPDX-License-Identifier: GPL-2.0-only
// Name: compared_with_attribute_before
// Class: UNSAFE
// Origin: plausible
// A user would see: a hugepage that becomes mixed is taken for uniform when the rest had the old attribute only
// Observable: yes: levels are wrong in both directions
// File: arch/x86/kvm/mmu/mmu.c
@@
@@
kvm_arch_post_set_memory_attributes(...)
{
<...
- hugepage_has_attrs(kvm, slot, gfn, level, attrs)
+ hugepage_has_attrs(kvm, slot, gfn, level, attrs ^ KVM_MEMORY_ATTRIBUTE_PRIVATE)
...>
}
