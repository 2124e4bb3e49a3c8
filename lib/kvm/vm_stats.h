/* SPDX-License-Identifier: GPL-2.0-only */
/* KVM's binary stats, read by libkvm as far as the release's can. */
#ifndef LPAGE_VM_STATS_H
#define LPAGE_VM_STATS_H

#include "kvm_util.h"

#include "scenario/level.h"

/* All leaves of @vm by level. */
void vm_stats_leaves(struct kvm_vm *vm, u64 leaves[NR_LEVELS]);

/* The page tables that KVM counts as split for the NX mitigation. */
u64 vm_stats_nx_splits(struct kvm_vm *vm);

/* How often KVM was asked to flush the TLBs of all vCPUs of @vm, which need not be running. */
u64 vm_stats_tlb_flushes(struct kvm_vm *vm);

/*
 * A file with the stats of @vcpu for the functions below, or 0 where libkvm has opened one of its
 * own.  To be called before the vCPU runs: KVM_GET_STATS_FD waits for one that does
 * (kvm_vcpu_ioctl()).  Who frees the vCPU closes the file.
 */
int vm_stats_open(struct kvm_vcpu *vcpu);

/* The page faults of @vcpu that KVM has handled. */
u64 vm_stats_faults(struct kvm_vcpu *vcpu, int fd);

/* Those of them that installed a leaf. */
u64 vm_stats_fixed_faults(struct kvm_vcpu *vcpu, int fd);

/* Those of them after which KVM emulates the instruction. */
u64 vm_stats_emulated_faults(struct kvm_vcpu *vcpu, int fd);

/* Those of them that took no mmu_lock. */
u64 vm_stats_fast_faults(struct kvm_vcpu *vcpu, int fd);

/* How often @vcpu has flushed its TLB. */
u64 vm_stats_flushes(struct kvm_vcpu *vcpu, int fd);

/* 1 if @vcpu is halted. */
u64 vm_stats_blocking(struct kvm_vcpu *vcpu, int fd);

#endif /* LPAGE_VM_STATS_H */
