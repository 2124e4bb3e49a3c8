// SPDX-License-Identifier: GPL-2.0-only
// Name: attr_filter_inverted
// Class: EQUIVALENT
// Origin: plausible; catalogue E6
// A user would see: nothing without mirror roots, which only TDX has
// Observable: no: needs TDX
// File: arch/x86/kvm/mmu/mmu.c
@@
@@
kvm_arch_pre_set_memory_attributes(...)
{
<...
if (
- range->arg.attributes & KVM_MEMORY_ATTRIBUTE_PRIVATE
+ !(range->arg.attributes & KVM_MEMORY_ATTRIBUTE_PRIVATE)
 )
	range->attr_filter = KVM_FILTER_SHARED;
else
	range->attr_filter = KVM_FILTER_PRIVATE;
...>
}
