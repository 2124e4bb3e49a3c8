// SPDX-License-Identifier: GPL-2.0-only
#include "test_util.h"

#include "kvm/vm_stats.h"

/* Up to 6.12 libkvm's is a function that takes a string, and there is none for vCPUs. */
#ifdef vm_get_stat
#define read_vm_stat(vm, name)		vm_get_stat(vm, name)
#define read_vcpu_stat(vcpu, fd, name)	vcpu_get_stat(vcpu, name)
#define open_vcpu_stats(vcpu)		0
#else
#define read_vm_stat(vm, name)		vm_get_stat(vm, #name)
#define read_vcpu_stat(vcpu, fd, name)	find_and_read(fd, #name)
#define open_vcpu_stats(vcpu)		vcpu_get_stats_fd(vcpu)

static u64 find_and_read(int fd, const char *name)
{
	struct kvm_stats_desc *descs, *desc = NULL;
	struct kvm_stats_header header;
	ssize_t got;
	u64 value;
	int i;

	read_stats_header(fd, &header);
	descs = read_stats_descriptors(fd, &header);
	for (i = 0; i < header.num_desc; i++) {
		desc = get_stats_descriptor(descs, i, &header);
		if (!strcmp(desc->name, name))
			break;
	}
	TEST_ASSERT(i < header.num_desc, "KVM's stats of a vCPU have no %s", name);
	got = pread(fd, &value, sizeof(value), header.data_offset + desc->offset);
	TEST_ASSERT(got == sizeof(value), "Cannot read KVM's stats of a vCPU");
	free(descs);
	return value;
}
#endif

int vm_stats_open(struct kvm_vcpu *vcpu)
{
	return open_vcpu_stats(vcpu);
}

void vm_stats_leaves(struct kvm_vm *vm, u64 leaves[NR_LEVELS])
{
	leaves[LEVEL_4K] = read_vm_stat(vm, pages_4k);
	leaves[LEVEL_2M] = read_vm_stat(vm, pages_2m);
	leaves[LEVEL_1G] = read_vm_stat(vm, pages_1g);
}

u64 vm_stats_nx_splits(struct kvm_vm *vm)
{
	return read_vm_stat(vm, nx_lpage_splits);
}

u64 vm_stats_tlb_flushes(struct kvm_vm *vm)
{
	return read_vm_stat(vm, remote_tlb_flush_requests);
}

u64 vm_stats_faults(struct kvm_vcpu *vcpu, int fd)
{
	return read_vcpu_stat(vcpu, fd, pf_taken);
}

u64 vm_stats_fixed_faults(struct kvm_vcpu *vcpu, int fd)
{
	return read_vcpu_stat(vcpu, fd, pf_fixed);
}

u64 vm_stats_emulated_faults(struct kvm_vcpu *vcpu, int fd)
{
	return read_vcpu_stat(vcpu, fd, pf_emulate);
}

u64 vm_stats_fast_faults(struct kvm_vcpu *vcpu, int fd)
{
	return read_vcpu_stat(vcpu, fd, pf_fast);
}

u64 vm_stats_flushes(struct kvm_vcpu *vcpu, int fd)
{
	return read_vcpu_stat(vcpu, fd, tlb_flush);
}

u64 vm_stats_blocking(struct kvm_vcpu *vcpu, int fd)
{
	return read_vcpu_stat(vcpu, fd, blocking);
}
