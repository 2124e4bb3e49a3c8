// SPDX-License-Identifier: GPL-2.0-only
// Name: quirk_taken_for_its_opposite
// Class: PERF
// Origin: held out
// A user would see: all of a VM is mapped anew whenever a memslot goes, just because it asked for the opposite
// Observable: yes: leaves of the other memslots
// First: smm global.all_leaves_go_with_a_memslot_unless_spared
// File: arch/x86/kvm/mmu/mmu.c
@@
expression kvm;
@@
- kvm_check_has_quirk(kvm, KVM_X86_QUIRK_SLOT_ZAP_ALL)
+ !kvm_check_has_quirk(kvm, KVM_X86_QUIRK_SLOT_ZAP_ALL)
