// SPDX-License-Identifier: GPL-2.0-only
// Name: compared_with_private_at_2M
// Class: UNSAFE
// Origin: plausible
// A user would see: a partly shared hugepage is mixed for ever, or never
// Observable: yes: levels are wrong
// File: arch/x86/kvm/mmu/mmu.c
@@
@@
- kvm_range_has_memory_attributes(kvm, start, end, ~0, attrs)
+ kvm_range_has_memory_attributes(kvm, start, end, ~0, KVM_MEMORY_ATTRIBUTE_PRIVATE)
