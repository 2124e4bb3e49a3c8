/* SPDX-License-Identifier: GPL-2.0-only */
/* What the files of the VM driver share; nobody else includes this. */
#ifndef LPAGE_VM_INTERNAL_H
#define LPAGE_VM_INTERNAL_H

#include <pthread.h>

#include <linux/sizes.h>

#include "kvm_util.h"

#include "kvm/guest.h"
#include "kvm/guest_nested.h"

/* Scenario memory is mapped in the guest, gva = gpa, a GiB at a time, when first touched. */
#define NR_GUEST_MAPPINGS	(SCENARIO_MAX_GPA / SZ_1G)

struct vm_driver {
	struct kvm_vm *vm;
	struct kvm_vcpu *vcpu[VM_DRIVER_MAX_VCPUS];
	int vcpu_stats_fd[VM_DRIVER_MAX_VCPUS];	/* see vm_stats_open() */
	u64 baseline[NR_LEVELS];	/* leaves of libkvm's own memslot: ... */
	u64 own[NR_LEVELS];		/* ... as the guest has them, ... */
	int nested_own;			/* ... and how often they are there for L2 */
	u64 nx_splits_baseline;
	bool mapped[NR_GUEST_MAPPINGS];
	u32 ring_bytes;			/* 0: bitmaps */
	bool no_nx_mitigation;
	bool two_spaces;		/* a VM without private memory */
	bool nested;			/* vCPU 0 is in a guest of its guest, ... */
	bool nested_may_end;		/* ... which an access may end */
	u64 ring_exits[VM_DRIVER_MAX_VCPUS];	/* KVM_EXIT_DIRTY_RING_FULL */
	struct vm_driver_dirty_page *taken;	/* out of rings, but not asked for yet */
	size_t nr_taken, max_taken;
	bool (*no_memory)(void *arg);
	void *no_memory_arg;
	bool dead;			/* KVM_BUG_ON() */
	pthread_mutex_t mapping;	/* held to change @mapped, the guest's page tables */
	bool parallel;
};

/*
 * Without private memory, and before 6.12, all memslots' leaves go with one, libkvm's own too;
 * those that are there for L2 go with the memslot that has L1's page tables.
 */
void vm_restore_own_leaves(struct vm_driver *vmd);

/*
 * L2 has begun, with page tables of KVM's that may be new, or in the place of others: install
 * libkvm's own leaves there as well.  @before are all leaves as they were before that.
 */
void vm_add_own_leaves_of_nested(struct vm_driver *vmd, const u64 before[NR_LEVELS]);

/* What the guest says of a guest of its own. */
struct guest_nested *vm_nested(struct vm_driver *vmd);

/* The channel of vCPU @vcpu, as the host sees it. */
struct guest_channel *vm_channel(struct vm_driver *vmd, unsigned int vcpu);

/* Map the 1G page at @gpa at @gva; let the guest reach [@gpa, @gpa + @size) at gva = gpa. */
void vm_map_1g(struct vm_driver *vmd, u64 gva, u64 gpa);
void vm_map_range(struct vm_driver *vmd, u64 gpa, u64 size);

/* Run vCPU @id to the end of the request that it was given; @on_exit deals with other exits. */
void vm_run_guest(struct vm_driver *vmd, unsigned int id,
		  void (*on_exit)(struct vm_driver *vmd, unsigned int id, void *arg), void *arg);

/* For who expects no exit: gives up the test. */
void vm_no_exit(struct vm_driver *vmd, unsigned int id, void *arg);

/* Let the guest of vCPU @id go on behind the access, or the instruction, that has left it. */
void vm_skip_access(struct vm_driver *vmd, unsigned int id);

/* vCPU @id has left with KVM_EXIT_DIRTY_RING_FULL: make room. */
void vm_ring_full(struct vm_driver *vmd, unsigned int id);

/* Memslot @id is no longer logged: what rings have of it does not count. */
void vm_ring_forget(struct vm_driver *vmd, u32 id);

#endif /* LPAGE_VM_INTERNAL_H */
