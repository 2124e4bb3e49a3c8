// SPDX-License-Identifier: GPL-2.0-only
// Name: deleted_memslot_zaps_all
// Class: PERF
// First: known_faults known_trait.deletion_spares_other_memslots.holds
// Origin: kernels before 6.12
// A user would see: leaves of all memslots go with a memslot
// Observable: yes: leaves of other memslots go
// File: arch/x86/kvm/mmu/mmu.c
@@
expression kvm;
@@
- kvm->arch.vm_type == KVM_X86_DEFAULT_VM && kvm_check_has_quirk(kvm, KVM_X86_QUIRK_SLOT_ZAP_ALL)
+ kvm_check_has_quirk(kvm, KVM_X86_QUIRK_SLOT_ZAP_ALL)
