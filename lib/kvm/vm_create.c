// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "test_util.h"

#include <linux/kvm_para.h>

#include "host/must_hold.h"
#include "kvm/vm_internal.h"
#include "kvm/vm_stats.h"

/* Guest memory beyond what libkvm counts: page tables for the two mappings below. */
#define EXTRA_PAGES	16

/* Where the guest sees libkvm's own memslot a second time, to install all its leaves. */
#define SLOT0_ALIAS_GVA	(SCENARIO_MAX_GPA + SZ_1G)

/* Pages of libkvm's own memslot. */
static u64 own_pages(struct vm_driver *vmd)
{
	return vm_get_mem_region(vmd->vm, MEM_REGION_CODE)->region.memory_size / GFN_BYTES;
}

/* Read every page of libkvm's own memslot: slower than pre-faulting. */
static void read_alias(struct vm_driver *vmd, u64 npages)
{
	struct guest_channel *channel = vm_channel(vmd, 0);
	u64 page;

	for (page = 0; page < npages; page += GUEST_BATCH_PAGES) {
		channel->request = (struct guest_request) {
			.op = GUEST_ACCESS,
			.access = ACCESS_READ,
			.gpa = SLOT0_ALIAS_GVA + page * GFN_BYTES,
			.npages = min(npages - page, (u64)GUEST_BATCH_PAGES),
		};
		vm_run_guest(vmd, 0, vm_no_exit, NULL);
	}
}

/*
 * Install every leaf of libkvm's own memslot, and count them.  Its memory is populated
 * first: a page that the host writes for the first time later would lose its leaf.
 */
static void install_own_leaves(struct vm_driver *vmd)
{
	struct userspace_mem_region *own = vm_get_mem_region(vmd->vm, MEM_REGION_CODE);
	u64 stopped;

	TEST_ASSERT(!madvise(own->host_mem, own->region.memory_size, MADV_POPULATE_WRITE),
		    "Cannot populate the guest's memory");
	/* A fork() would take all leaves of anonymous memory that the child shares. */
	TEST_ASSERT(!madvise(own->host_mem, own->region.memory_size, MADV_DONTFORK),
		    "Cannot keep the guest's memory from children");

	if (vm_driver_has_prefault())
		vm_driver_prefault(vmd, 0, own->region.memory_size, &stopped);
	else
		read_alias(vmd, own_pages(vmd));
	vm_stats_leaves(vmd->vm, vmd->baseline);
}

/*
 * Where all has been zapped the guests run first: the code that they run must be executable, and up
 * to 6.12 KVM_PRE_FAULT_MEMORY retries for ever there, as kvm_mmu_reload() keeps the roots that are
 * obsolete until a vCPU runs.
 */
static void let_guests_run(struct vm_driver *vmd)
{
	unsigned int i;

	for (i = 0; i < VM_DRIVER_MAX_VCPUS && vmd->vcpu[i]; i++) {
		vm_channel(vmd, i)->request = (struct guest_request) { .op = GUEST_ACCESS };
		vm_run_guest(vmd, i, vm_no_exit, NULL);
	}
}

/* @times more, or less, for L2. */
static void count_nested_own(struct vm_driver *vmd, int times)
{
	enum level level;

	for (level = LEVEL_4K; level < NR_LEVELS; level++)
		vmd->baseline[level] += times * (s64)vmd->own[level];
	vmd->nested_own += times;
}

void vm_restore_own_leaves(struct vm_driver *vmd)
{
	u64 leaves[NR_LEVELS];

	vm_stats_leaves(vmd->vm, leaves);
	while (vmd->nested_own && leaves[LEVEL_4K] < vmd->baseline[LEVEL_4K])
		count_nested_own(vmd, -1);
	if (leaves[LEVEL_4K] >= vmd->baseline[LEVEL_4K])
		return;

	let_guests_run(vmd);
	install_own_leaves(vmd);
}

static s64 pages_of(const u64 leaves[NR_LEVELS])
{
	s64 npages = 0;
	enum level level;

	for (level = LEVEL_4K; level < NR_LEVELS; level++)
		npages += leaves[level] * level_pages(level);
	return npages;
}

/* Of a root all are there or none: what else comes or goes when L2 begins is less than half. */
void vm_add_own_leaves_of_nested(struct vm_driver *vmd, const u64 before[NR_LEVELS])
{
	s64 npages = own_pages(vmd), more;
	u64 after[NR_LEVELS];

	read_alias(vmd, npages);
	vm_stats_leaves(vmd->vm, after);
	more = pages_of(after) - pages_of(before);
	if (more > npages / 2)
		count_nested_own(vmd, 1);
	else if (more < -npages / 2)
		count_nested_own(vmd, -1);
	MUST_HOLD(vmd->nested_own > 0, "Wanted leaves of libkvm's own memslot for L2, got none");
}

void vm_driver_parallel(struct vm_driver *vmd, bool parallel)
{
	vmd->parallel = parallel;
	if (!parallel)
		vm_restore_own_leaves(vmd);
}

void vm_driver_nx_changed(struct vm_driver *vmd)
{
	MUST_HOLD(!vmd->nested, "The guest of the guest has to leave first");
	vmd->nested_own = 0;
	let_guests_run(vmd);
	vm_restore_own_leaves(vmd);
	vm_stats_leaves(vmd->vm, vmd->baseline);
	vmd->nx_splits_baseline = vm_stats_nx_splits(vmd->vm);
}

void vm_driver_own_memory_moved(struct vm_driver *vmd)
{
	u64 baseline[NR_LEVELS];

	/* There are as many as before. */
	memcpy(baseline, vmd->baseline, sizeof(baseline));
	install_own_leaves(vmd);
	memcpy(vmd->baseline, baseline, sizeof(baseline));
}

static const struct vm_shape protected_shape = {
	.mode = VM_MODE_DEFAULT,
	.type = KVM_X86_SW_PROTECTED_VM,
};

u64 vm_driver_supported_attributes(void)
{
	struct kvm_vm *vm = ____vm_create(protected_shape);
	u64 attributes = vm_check_cap(vm, KVM_CAP_MEMORY_ATTRIBUTES);

	kvm_vm_free(vm);
	return attributes;
}

/* What a vCPU executes and where its page tables are is the same in the second address space. */
static void share_own_memslot(struct vm_driver *vmd)
{
	struct kvm_userspace_memory_region2 own = memslot2region(vmd->vm, 0)->region;

	own.slot += VM_DRIVER_SMM;
	vm_ioctl(vmd->vm, KVM_SET_USER_MEMORY_REGION2, &own);
}

/* The VM itself; KVM takes both capabilities only as long as there is no vCPU. */
static void make_vm(struct vm_driver *vmd, unsigned int nr_vcpus)
{
	unsigned int i;

	vmd->vm = __vm_create(vmd->two_spaces ? VM_SHAPE_DEFAULT : protected_shape, nr_vcpus,
			      EXTRA_PAGES);
	if (vmd->ring_bytes)
		vm_enable_dirty_ring(vmd->vm, vmd->ring_bytes);
	if (vmd->no_nx_mitigation)
		vm_enable_cap(vmd->vm, KVM_CAP_VM_DISABLE_NX_HUGE_PAGES, 0);
	for (i = 0; i < nr_vcpus; i++) {
		vmd->vcpu[i] = vm_vcpu_add(vmd->vm, i, guest_code);
		vmd->vcpu_stats_fd[i] = vm_stats_open(vmd->vcpu[i]);
	}
	vm_enable_cap(vmd->vm, KVM_CAP_EXIT_HYPERCALL, BIT(KVM_HC_MAP_GPA_RANGE));

	if (vmd->two_spaces)
		share_own_memslot(vmd);

	/* One entry for all scenario memory now, so that page tables never grow later. */
	vm_map_1g(vmd, SLOT0_ALIAS_GVA, 0);
	vm_map_range(vmd, SCENARIO_MIN_GPA, SZ_1G);

	for (i = 0; i < nr_vcpus; i++)
		vcpu_args_set(vmd->vcpu[i], 1, (u64)i);
}

static struct vm_driver *alloc_driver(unsigned int nr_vcpus)
{
	struct vm_driver *vmd = calloc(1, sizeof(*vmd));

	TEST_ASSERT(vmd && nr_vcpus <= VM_DRIVER_MAX_VCPUS, "No VM of %u vCPUs", nr_vcpus);
	pthread_mutex_init(&vmd->mapping, NULL);
	return vmd;
}

struct vm_driver *vm_driver_create_unstarted(unsigned int nr_vcpus)
{
	struct vm_driver *vmd = alloc_driver(nr_vcpus);

	make_vm(vmd, nr_vcpus);
	return vmd;
}

void vm_driver_start(struct vm_driver *vmd)
{
	unsigned int i;

	for (i = 0; i < VM_DRIVER_MAX_VCPUS && vmd->vcpu[i]; i++)
		vm_run_guest(vmd, i, vm_no_exit, NULL);
	install_own_leaves(vmd);
	memcpy(vmd->own, vmd->baseline, sizeof(vmd->own));
}

struct vm_driver *vm_driver_create(unsigned int nr_vcpus)
{
	struct vm_driver *vmd = vm_driver_create_unstarted(nr_vcpus);

	vm_driver_start(vmd);
	return vmd;
}

struct vm_driver *vm_driver_create_without_nx_mitigation(unsigned int nr_vcpus)
{
	struct vm_driver *vmd = alloc_driver(nr_vcpus);

	vmd->no_nx_mitigation = true;
	make_vm(vmd, nr_vcpus);
	vm_driver_start(vmd);
	return vmd;
}

const char *vm_driver_missing_smm(void)
{
	return kvm_has_cap(KVM_CAP_X86_SMM) ? NULL : "CONFIG_KVM_SMM";
}

struct vm_driver *vm_driver_create_with_smm(unsigned int nr_vcpus)
{
	struct vm_driver *vmd = alloc_driver(nr_vcpus);

	vmd->two_spaces = true;
	make_vm(vmd, nr_vcpus);
	vm_driver_start(vmd);
	return vmd;
}

void vm_driver_enter_smm(struct vm_driver *vmd, unsigned int vcpu, bool smm)
{
	struct kvm_vcpu_events events = { };

	vcpu_events_get(vmd->vcpu[vcpu], &events);
	events.flags |= KVM_VCPUEVENT_VALID_SMM;
	events.smi.smm = smm;
	vcpu_events_set(vmd->vcpu[vcpu], &events);
}

static void close_stats(struct vm_driver *vmd)
{
	unsigned int i;

	for (i = 0; i < VM_DRIVER_MAX_VCPUS; i++) {
		if (vmd->vcpu_stats_fd[i])
			close(vmd->vcpu_stats_fd[i]);
		vmd->vcpu_stats_fd[i] = 0;
	}
}

void vm_driver_use_rings(struct vm_driver *vmd, u32 bytes)
{
	unsigned int nr_vcpus = 0;

	while (nr_vcpus < VM_DRIVER_MAX_VCPUS && vmd->vcpu[nr_vcpus])
		nr_vcpus++;
	close_stats(vmd);
	kvm_vm_free(vmd->vm);
	memset(vmd->mapped, 0, sizeof(vmd->mapped));
	memset(vmd->ring_exits, 0, sizeof(vmd->ring_exits));
	vmd->nr_taken = 0;
	vmd->nested = false;
	vmd->nested_own = 0;
	vmd->ring_bytes = bytes;
	make_vm(vmd, nr_vcpus);
	vm_driver_start(vmd);
}

int vm_driver_create_vcpu_without_file(struct vm_driver *vmd, unsigned int vcpu)
{
	struct rlimit before, none;
	int r;

	getrlimit(RLIMIT_NOFILE, &before);
	none = before;
	none.rlim_cur = 0;
	setrlimit(RLIMIT_NOFILE, &none);
	r = __vm_ioctl(vmd->vm, KVM_CREATE_VCPU, (void *)(unsigned long)vcpu) < 0 ? errno : 0;
	setrlimit(RLIMIT_NOFILE, &before);
	return r;
}

void vm_driver_free(struct vm_driver *vmd)
{
	if (!vmd)
		return;

	close_stats(vmd);
	/* libkvm would insist on ioctls that fail now: what is left goes with the process. */
	if (!vmd->dead)
		kvm_vm_free(vmd->vm);
	free(vmd->taken);
	free(vmd);
}

int vm_driver_dup(struct vm_driver *vmd, enum vm_driver_file file)
{
	char path[96];
	int copy;

	if (file == VM_DRIVER_DEBUGFS) {
		snprintf(path, sizeof(path), "/sys/kernel/debug/kvm/%d-%d/mmu_rmaps_stat", getpid(),
			 vmd->vm->fd);
		copy = open(path, O_RDONLY | O_CLOEXEC);
		TEST_ASSERT(copy >= 0, "Cannot open %s", path);
		return copy;
	}

	/* Whether libkvm has one open depends on the release: one more is the same. */
	if (file == VM_DRIVER_STATS)
		return vm_get_stats_fd(vmd->vm);

	copy = fcntl(file == VM_DRIVER_VM ? vmd->vm->fd : vmd->vcpu[0]->fd, F_DUPFD_CLOEXEC, 0);
	TEST_ASSERT(copy >= 0, "Cannot duplicate a file");
	return copy;
}
