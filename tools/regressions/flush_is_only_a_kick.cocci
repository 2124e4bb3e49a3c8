// SPDX-License-Identifier: GPL-2.0-only
// Name: flush_is_only_a_kick
// Class: UNSAFE
// Origin: held out
// A user would see: a vCPU goes on with what its TLB has: freed or private memory, and writes that no log has
// Observable: yes: the vCPU counts no flush
// First: tlb_flush
// File: virt/kvm/kvm_main.c
@@
expression kvm;
@@
- kvm_make_all_cpus_request(kvm, KVM_REQ_TLB_FLUSH)
+ kvm_make_all_cpus_request(kvm, KVM_REQ_TLB_FLUSH | KVM_REQUEST_NO_ACTION)
