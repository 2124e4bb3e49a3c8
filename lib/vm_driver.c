// SPDX-License-Identifier: GPL-2.0-only
#include <fcntl.h>
#include <pthread.h>

#include <linux/sizes.h>

#include "kvm_util.h"
#include "processor.h"
#include "test_util.h"
#include "ucall_common.h"

#include <asm/kvm_para.h>
#include <linux/kvm_para.h>

#include "backing.h"
#include "guest_insn.h"
#include "pressure.h"
#include "release.h"
#include "vm_driver.h"

/* Kernels before 6.11 have no pre-faulting; KVM then says so by its capability. */
#ifndef KVM_PRE_FAULT_MEMORY
#define KVM_CAP_PRE_FAULT_MEMORY 236
#define KVM_PRE_FAULT_MEMORY	_IOWR(KVMIO, 0xd5, struct kvm_pre_fault_memory)

struct kvm_pre_fault_memory {
	__u64 gpa;
	__u64 size;
	__u64 flags;
	__u64 padding[5];
};
#endif

/* Kernels before 6.18 have no guest_memfd that is all the memory of a memslot. */
#ifndef GUEST_MEMFD_FLAG_MMAP
#define KVM_CAP_GUEST_MEMFD_FLAGS 244
#define GUEST_MEMFD_FLAG_MMAP	BIT_ULL(0)
#define GUEST_MEMFD_FLAG_INIT_SHARED	BIT_ULL(1)
#endif

/* Guest memory beyond what libkvm counts: page tables for the two mappings below. */
#define EXTRA_PAGES	16

/* Scenario memory is mapped in the guest, gva = gpa, a GiB at a time, when first touched. */
#define NR_GUEST_MAPPINGS	(SCENARIO_MAX_GPA / SZ_1G)

/* Where the guest sees libkvm's own memslot a second time, to install all its leaves. */
#define SLOT0_ALIAS_GVA	(SCENARIO_MAX_GPA + SZ_1G)

struct vm_driver {
	struct kvm_vm *vm;
	struct kvm_vcpu *vcpu[VM_DRIVER_MAX_VCPUS];
	int stats_fd;
	struct {
		int fd;			/* 0: not open */
		off_t offset;		/* of pf_taken */
	} vcpu_stats[VM_DRIVER_MAX_VCPUS];
	off_t stats_offset;
	u64 baseline[NR_LEVELS];
	off_t nx_splits_offset;
	u64 nx_splits_baseline;
	bool mapped[NR_GUEST_MAPPINGS];
	bool (*no_memory)(void *arg);
	void *no_memory_arg;
	bool dead;			/* KVM_BUG_ON() */
	pthread_mutex_t mapping;	/* held to change that and the guest's page tables */
	bool parallel;
};

/* What host and guest tell each other; one for each vCPU, in guest memory. */
struct guest_channel {
	struct guest_request request;
	u64 page;			/* the guest is at this page of an access */
	u64 recovery_rip;		/* where it goes on if the page is to be skipped */
	u64 recovery_rsp;
	u64 convert_result;
	u64 spins;
	bool stop_spin;
	struct guest_insn insn;
	struct guest_hypercall hypercall;
	u64 value[GUEST_BATCH_PAGES];
};

static struct guest_channel guest_channel[VM_DRIVER_MAX_VCPUS];

/*
 * The one instruction that touches memory under test.  The host may skip it by going
 * to the label behind it, see skip_access(); a call has changed the stack by then.
 */
static u64 guest_touch(struct guest_channel *channel, u64 gpa, u64 tag)
{
	u64 value = 0;

	switch (channel->request.access) {
	case ACCESS_READ:
		asm volatile("lea 1f(%%rip), %%rcx\n\t"
			     "mov %%rcx, %[rip]\n\t"
			     "mov %%rsp, %[rsp]\n\t"
			     "mov (%[gpa]), %[value]\n"
			     "1:"
			     : [value] "+r" (value), [rip] "=m" (channel->recovery_rip),
			       [rsp] "=m" (channel->recovery_rsp)
			     : [gpa] "r" (gpa) : "rcx", "memory");
		break;
	case ACCESS_WRITE:
		asm volatile("lea 1f(%%rip), %%rcx\n\t"
			     "mov %%rcx, %[rip]\n\t"
			     "mov %%rsp, %[rsp]\n\t"
			     "mov %[tag], (%[gpa])\n"
			     "1:"
			     : [rip] "=m" (channel->recovery_rip),
			       [rsp] "=m" (channel->recovery_rsp)
			     : [gpa] "r" (gpa), [tag] "r" (tag) : "rcx", "memory");
		break;
	default:
		/* Behind the tag lies a return instruction; keep off the red zone. */
		asm volatile("lea 1f(%%rip), %%rcx\n\t"
			     "mov %%rcx, %[rip]\n\t"
			     "mov %%rsp, %[rsp]\n\t"
			     "test %[store], %[store]\n\t"
			     "je 2f\n\t"
			     "movb %[ret], (%[code])\n"
			     "2:\n\t"
			     "lea -128(%%rsp), %%rsp\n\t"
			     "call *%[code]\n\t"
			     "lea 128(%%rsp), %%rsp\n"
			     "1:"
			     : [rip] "=m" (channel->recovery_rip),
			       [rsp] "=m" (channel->recovery_rsp)
			     : [code] "r" (gpa + GUEST_CODE_OFFSET), [ret] "i" (GUEST_CODE),
			       [store] "r" ((u32)channel->request.store_code)
			     : "rcx", "memory");
	}
	return value;
}

static void guest_access(struct guest_channel *channel)
{
	const struct guest_request *request = &channel->request;
	u64 page;

	for (page = 0; page < request->npages; page++) {
		WRITE_ONCE(channel->page, page);
		channel->value[page] = guest_touch(channel, request->gpa + page * PAGE_SIZE,
						   request->tag + page);
	}
}

static void guest_spin(struct guest_channel *channel)
{
	const struct guest_request *request = &channel->request;

	WRITE_ONCE(channel->page, 0);
	while (!READ_ONCE(channel->stop_spin)) {
		channel->value[0] = guest_touch(channel, request->gpa, request->tag);
		WRITE_ONCE(channel->spins, channel->spins + 1);
	}
}

static void guest_convert(struct guest_channel *channel)
{
	const struct guest_request *request = &channel->request;
	u64 flags = KVM_MAP_GPA_RANGE_PAGE_SZ_4K;

	flags |= request->private ? KVM_MAP_GPA_RANGE_ENCRYPTED : KVM_MAP_GPA_RANGE_DECRYPTED;
	channel->convert_result = kvm_hypercall(KVM_HC_MAP_GPA_RANGE, request->gpa,
						request->npages, flags, 0);
}

static void guest_hypercall(struct guest_hypercall *call)
{
	call->result = kvm_hypercall(call->nr, call->arg[0], call->arg[1], call->arg[2], 0);
}

static void guest_code(u64 vcpu)
{
	struct guest_channel *channel = &guest_channel[vcpu];

	for (;;) {
		GUEST_UCALL_NONE();

		if (channel->request.op == GUEST_CONVERT)
			guest_convert(channel);
		else if (channel->request.op == GUEST_SPIN)
			guest_spin(channel);
		else if (channel->request.op == GUEST_INSN)
			guest_insn_execute(&channel->insn, &channel->recovery_rip,
					   &channel->recovery_rsp);
		else if (channel->request.op == GUEST_HYPERCALL)
			guest_hypercall(&channel->hypercall);
		else
			guest_access(channel);
	}
}

static struct guest_channel *host_channel(struct vm_driver *vmd, unsigned int vcpu)
{
	return addr_gva2hva(vmd->vm, (unsigned long)&guest_channel[vcpu]);
}

const char *vm_driver_missing(void)
{
	if (!(kvm_check_cap(KVM_CAP_VM_TYPES) & BIT(KVM_X86_SW_PROTECTED_VM)))
		return "CONFIG_KVM_SW_PROTECTED_VM";
	if (!(kvm_check_cap(KVM_CAP_EXIT_HYPERCALL) & BIT(KVM_HC_MAP_GPA_RANGE)))
		return "KVM_CAP_EXIT_HYPERCALL";
	if (!get_kvm_param_bool("tdp_mmu"))
		return "TDP MMU";
	if (!kvm_cpu_has(X86_FEATURE_GBPAGES))
		return "1G pages in the guest";

	return NULL;
}

bool vm_driver_has_prefault(void)
{
	return kvm_has_cap(KVM_CAP_PRE_FAULT_MEMORY);
}

/* Where the value of each of @nr stats of the VM is; 0: it has no such stat. */
static void find_stats(int fd, const char * const *name, off_t *offset, u32 nr)
{
	struct kvm_stats_header header;
	struct kvm_stats_desc *descs;
	u32 i, which;

	read_stats_header(fd, &header);
	descs = read_stats_descriptors(fd, &header);
	for (i = 0; i < header.num_desc; i++) {
		struct kvm_stats_desc *desc = get_stats_descriptor(descs, i, &header);

		for (which = 0; which < nr; which++) {
			if (!strcmp(desc->name, name[which]))
				offset[which] = header.data_offset + desc->offset;
		}
	}
	free(descs);
}

/* KVM keeps the counts of 4K, 2M and 1G leaves side by side: one read is enough. */
static void find_own_stats(struct vm_driver *vmd)
{
	static const char * const name[] = { "pages_4k", "pages_2m", "pages_1g",
					     "nx_lpage_splits" };
	off_t offset[ARRAY_SIZE(name)] = { };

	find_stats(vmd->stats_fd, name, offset, ARRAY_SIZE(name));
	TEST_ASSERT(offset[0] && offset[1] == offset[0] + 8 && offset[2] == offset[1] + 8,
		    "KVM's stats have no pages_4k, pages_2m, pages_1g in a row");
	TEST_ASSERT(offset[3], "KVM's stats have no nx_lpage_splits");
	vmd->stats_offset = offset[0];
	vmd->nx_splits_offset = offset[3];
}

static void read_leaves(struct vm_driver *vmd, u64 leaves[NR_LEVELS])
{
	const size_t size = 3 * sizeof(u64);
	ssize_t got = pread(vmd->stats_fd, &leaves[LEVEL_4K], size, vmd->stats_offset);

	errno = 0;
	TEST_ASSERT(got == size, "Cannot read KVM's stats");
}

void vm_driver_leaves(struct vm_driver *vmd, u64 leaves[NR_LEVELS])
{
	enum level level;

	read_leaves(vmd, leaves);
	for (level = LEVEL_4K; level < NR_LEVELS; level++)
		leaves[level] -= vmd->baseline[level];
}

static u64 read_nx_splits(struct vm_driver *vmd)
{
	ssize_t got;
	u64 value;

	got = pread(vmd->stats_fd, &value, sizeof(value), vmd->nx_splits_offset);
	errno = 0;
	TEST_ASSERT(got == sizeof(value), "Cannot read KVM's stats");
	return value;
}

u64 vm_driver_nx_splits(struct vm_driver *vmd)
{
	return read_nx_splits(vmd) - vmd->nx_splits_baseline;
}

static void open_vcpu_stats(struct vm_driver *vmd, unsigned int vcpu)
{
	static const char * const name = "pf_taken";

	vmd->vcpu_stats[vcpu].fd = vcpu_get_stats_fd(vmd->vcpu[vcpu]);
	find_stats(vmd->vcpu_stats[vcpu].fd, &name, &vmd->vcpu_stats[vcpu].offset, 1);
	TEST_ASSERT(vmd->vcpu_stats[vcpu].offset, "KVM's stats of a vCPU have no pf_taken");
}

u64 vm_driver_faults(struct vm_driver *vmd, unsigned int vcpu)
{
	ssize_t got;
	u64 value;

	if (!vmd->vcpu_stats[vcpu].fd)
		open_vcpu_stats(vmd, vcpu);
	got = pread(vmd->vcpu_stats[vcpu].fd, &value, sizeof(value), vmd->vcpu_stats[vcpu].offset);
	errno = 0;
	TEST_ASSERT(got == sizeof(value), "Cannot read KVM's stats");
	return value;
}

/*
 * The thread reads under kvm->srcu (kvm_recover_nx_huge_pages()), and a new event filter of the
 * PMU waits for all who do (kvm_vm_ioctl_set_pmu_event_filter()).  This one denies nothing.
 */
void vm_driver_wait_for_recovery(struct vm_driver *vmd)
{
	struct kvm_pmu_event_filter filter = { .action = KVM_PMU_EVENT_DENY };

	vm_ioctl(vmd->vm, KVM_SET_PMU_EVENT_FILTER, &filter);
}

static void guest_map(struct vm_driver *vmd, u64 gva, u64 gpa)
{
	virt_map_level(vmd->vm, gva, gpa, SZ_1G, PG_LEVEL_1G);
}

/* Let the guest reach [@gpa, @gpa + @size) at gva = gpa. */
static void guest_map_range(struct vm_driver *vmd, u64 gpa, u64 size)
{
	u64 gib;

	pthread_mutex_lock(&vmd->mapping);
	for (gib = gpa / SZ_1G; gib <= (gpa + size - 1) / SZ_1G; gib++) {
		if (!vmd->mapped[gib])
			guest_map(vmd, gib * SZ_1G, gib * SZ_1G);
		vmd->mapped[gib] = true;
	}
	pthread_mutex_unlock(&vmd->mapping);
}

/*
 * KVM_RUN.  libkvm's own function makes other ioctls when the guest leaves, which must not
 * feel the pressure: there it is only the bare ioctl.
 */
static int run_vcpu(struct kvm_vcpu *vcpu)
{
	int r;

	if (!pressure_is_asked())
		return _vcpu_run(vcpu);

	do {
		pressure_begin();
		r = __vcpu_run(vcpu);
		pressure_end();
	} while (r && errno == EINTR);
	return r;
}

static bool reports_fault(const struct kvm_vcpu *vcpu)
{
	return vcpu->run->exit_reason == KVM_EXIT_MEMORY_FAULT ||
	       vcpu->run->exit_reason == KVM_EXIT_UNKNOWN;
}

/*
 * May KVM_RUN return @r, -1 with errno, for this exit?  EFAULT says that there is a
 * KVM_EXIT_MEMORY_FAULT, and always comes with it (kvm_mmu_prepare_memory_fault_exit()); without an
 * exit, that the host's memory is not there or may not be written to (kvm_handle_error_pfn()):
 * @on_exit sees KVM_EXIT_UNKNOWN then.
 */
static bool fits_exit(int r, const struct kvm_vcpu *vcpu)
{
	return reports_fault(vcpu) ? r && errno == EFAULT : !r;
}

/* The gpa that the guest is at, if it accesses memory under test. */
static u64 place(struct vm_driver *vmd, unsigned int id)
{
	const struct guest_channel *channel = host_channel(vmd, id);

	return channel->request.gpa + channel->page * PAGE_SIZE;
}

/*
 * Run to the end of the request the vCPU was given; @on_exit deals with other exits.  False if
 * the VM is dead: KVM_BUG_ON() makes all its ioctls fail with EIO.
 */
static bool try_run_guest(struct vm_driver *vmd, unsigned int id,
			  void (*on_exit)(struct vm_driver *vmd, unsigned int id, void *arg),
			  void *arg)
{
	struct kvm_vcpu *vcpu = vmd->vcpu[id];

	for (;;) {
		int r = run_vcpu(vcpu);

		if (r && errno == ENOMEM && vmd->no_memory && vmd->no_memory(vmd->no_memory_arg))
			continue;
		if (r && errno == EIO) {
			vmd->dead = true;
			return false;
		}
		TEST_ASSERT(fits_exit(r, vcpu),
			    "Wanted %s at gpa 0x%llx (KVM_RUN, exit reason %u), got errno %d",
			    reports_fault(vcpu) ? "EFAULT" : "success",
			    (unsigned long long)place(vmd, id), vcpu->run->exit_reason,
			    r ? errno : 0);
		if (vcpu->run->exit_reason == KVM_EXIT_IO)
			return true;

		on_exit(vmd, id, arg);
	}
}

static void run_guest(struct vm_driver *vmd, unsigned int id,
		      void (*on_exit)(struct vm_driver *vmd, unsigned int id, void *arg), void *arg)
{
	bool alive = try_run_guest(vmd, id, on_exit, arg);

	TEST_ASSERT(alive, "The VM is dead: KVM_RUN failed with EIO");
}

static void no_exit(struct vm_driver *vmd, unsigned int id, void *arg)
{
	errno = 0;
	TEST_FAIL("Unexpected exit reason %u", vmd->vcpu[id]->run->exit_reason);
}

static void skip_access(struct vm_driver *vmd, unsigned int id)
{
	struct guest_channel *channel = host_channel(vmd, id);
	struct kvm_regs regs;

	vcpu_regs_get(vmd->vcpu[id], &regs);
	regs.rip = channel->recovery_rip;
	regs.rsp = channel->recovery_rsp;
	vcpu_regs_set(vmd->vcpu[id], &regs);
}

struct access_run {
	struct guest_access *result;
	void (*fix)(void *arg, const struct guest_access *fault);
	void *fix_arg;
};

static void on_access_exit(struct vm_driver *vmd, unsigned int id, void *arg)
{
	struct kvm_run *run = vmd->vcpu[id]->run;
	struct access_run *access = arg;
	struct guest_access *result = &access->result[host_channel(vmd, id)->page];

	switch (run->exit_reason) {
	case KVM_EXIT_MEMORY_FAULT:
		*result = (struct guest_access) {
			.end = ACCESS_MEMORY_FAULT,
			.gpa = run->memory_fault.gpa,
			.size = run->memory_fault.size,
			.flags = run->memory_fault.flags,
		};
		if (access->fix)
			access->fix(access->fix_arg, result);
		else
			skip_access(vmd, id);
		break;
	case KVM_EXIT_MMIO:
		*result = (struct guest_access) {
			.end = ACCESS_MMIO,
			.gpa = run->mmio.phys_addr,
			.size = run->mmio.len,
			.is_write = run->mmio.is_write,
		};
		memset(run->mmio.data, 0, sizeof(run->mmio.data));
		break;
	case KVM_EXIT_INTERNAL_ERROR:
		*result = (struct guest_access) { .end = ACCESS_INTERNAL_ERROR };
		skip_access(vmd, id);
		break;
	case KVM_EXIT_UNKNOWN:
		*result = (struct guest_access) { .end = ACCESS_EFAULT };
		skip_access(vmd, id);
		break;
	default:
		no_exit(vmd, id, NULL);
	}
}

static void on_convert_exit(struct vm_driver *vmd, unsigned int id, void *arg)
{
	struct kvm_run *run = vmd->vcpu[id]->run;
	int *result = arg;
	u64 size;

	if (run->exit_reason != KVM_EXIT_HYPERCALL || run->hypercall.nr != KVM_HC_MAP_GPA_RANGE)
		no_exit(vmd, id, NULL);

	size = run->hypercall.args[1] * PAGE_SIZE;
	*result = vm_driver_convert(vmd, run->hypercall.args[0], size,
				    run->hypercall.args[2] & KVM_MAP_GPA_RANGE_ENCRYPTED);
	run->hypercall.ret = *result;
}

static void ask_access(struct vm_driver *vmd, unsigned int id, const struct guest_request *request)
{
	struct guest_channel *channel = host_channel(vmd, id);

	TEST_ASSERT(request->npages <= GUEST_BATCH_PAGES, "Too many pages for one request");
	guest_map_range(vmd, request->gpa, request->npages * PAGE_SIZE);
	channel->request = *request;
	channel->spins = 0;
	channel->stop_spin = false;
}

static void finish_access(struct vm_driver *vmd, unsigned int id,
			  const struct guest_request *request, struct access_run *access)
{
	struct guest_channel *channel = host_channel(vmd, id);
	u64 page;

	memset(access->result, 0, request->npages * sizeof(*access->result));
	if (!try_run_guest(vmd, id, on_access_exit, access)) {
		for (page = channel->page; page < request->npages; page++)
			access->result[page] = (struct guest_access) { .end = ACCESS_VM_DEAD };
	}

	for (page = 0; page < request->npages; page++)
		access->result[page].value = channel->value[page];
}

static void run_access(struct vm_driver *vmd, unsigned int id, const struct guest_request *request,
		       struct access_run *access)
{
	ask_access(vmd, id, request);
	finish_access(vmd, id, request, access);
}

int vm_driver_guest(struct vm_driver *vmd, unsigned int vcpu, const struct guest_request *request,
		    struct guest_access *result)
{
	struct access_run access = { .result = result };
	int r = 0;

	if (request->op != GUEST_CONVERT) {
		run_access(vmd, vcpu, request, &access);
		return 0;
	}

	host_channel(vmd, vcpu)->request = *request;
	run_guest(vmd, vcpu, on_convert_exit, &r);
	return r;
}

struct guest_access vm_driver_touch(struct vm_driver *vmd, unsigned int vcpu, enum access access,
				    u64 gpa, u64 tag)
{
	const struct guest_request request = {
		.op = GUEST_ACCESS,
		.access = access,
		.gpa = gpa,
		.npages = 1,
		.tag = tag,
	};
	struct guest_access result;

	vm_driver_guest(vmd, vcpu, &request, &result);
	return result;
}

void vm_driver_guest_retry(struct vm_driver *vmd, unsigned int vcpu,
			   const struct guest_request *request, struct guest_access *result,
			   void (*fix)(void *arg, const struct guest_access *fault), void *arg)
{
	struct access_run access = { .result = result, .fix = fix, .fix_arg = arg };

	run_access(vmd, vcpu, request, &access);
}

u64 vm_driver_spins(struct vm_driver *vmd, unsigned int vcpu)
{
	return READ_ONCE(host_channel(vmd, vcpu)->spins);
}

void vm_driver_stop_spin(struct vm_driver *vmd, unsigned int vcpu)
{
	WRITE_ONCE(host_channel(vmd, vcpu)->stop_spin, true);
}

int vm_driver_set_attributes(struct vm_driver *vmd, u64 gpa, u64 size, u64 attributes, u64 flags)
{
	struct kvm_memory_attributes attr = {
		.address = gpa,
		.size = size,
		.attributes = attributes,
		.flags = flags,
	};

	int r;

	pressure_begin();
	r = __vm_ioctl(vmd->vm, KVM_SET_MEMORY_ATTRIBUTES, &attr) ? errno : 0;
	pressure_end();
	return r;
}

int vm_driver_convert(struct vm_driver *vmd, u64 gpa, u64 size, bool private)
{
	return vm_driver_set_attributes(vmd, gpa, size,
					private ? KVM_MEMORY_ATTRIBUTE_PRIVATE : 0, 0);
}

int vm_driver_create_gmem(struct vm_driver *vmd, u64 size)
{
	int fd;

	pressure_begin();
	fd = __vm_create_guest_memfd(vmd->vm, size, 0);
	pressure_end();
	if (fd < 0 && errno == ENOMEM && pressure_is_asked())
		return -ENOMEM;

	TEST_ASSERT(fd >= 0, "KVM_CREATE_GUEST_MEMFD failed with errno %d", errno);
	return fd;
}

const char *vm_driver_missing_gmem_only(void)
{
	int flags = kvm_check_cap(KVM_CAP_GUEST_MEMFD_FLAGS);

	return flags > 0 && flags & GUEST_MEMFD_FLAG_MMAP ? NULL : "GUEST_MEMFD_FLAG_MMAP";
}

int vm_driver_create_gmem_only(struct vm_driver *vmd, u64 size)
{
	return vm_create_guest_memfd(vmd->vm, size, GUEST_MEMFD_FLAG_MMAP);
}

/* Nothing but its release tells whether a kernel that ignores a policy is wrong to do so. */
const char *vm_driver_missing_gmem_policy(void)
{
	return release_running() < RELEASE(6, 19) ? "NUMA policy of guest_memfd" : NULL;
}

int vm_driver_create_gmem_of_host(u64 size)
{
	struct kvm_create_guest_memfd create = {
		.size = size,
		.flags = GUEST_MEMFD_FLAG_MMAP | GUEST_MEMFD_FLAG_INIT_SHARED,
	};
	int dev = open_kvm_dev_path_or_exit();
	int vm = ioctl(dev, KVM_CREATE_VM, KVM_X86_DEFAULT_VM);
	int fd = vm < 0 ? -1 : ioctl(vm, KVM_CREATE_GUEST_MEMFD, &create);

	/* The file keeps its VM. */
	if (vm >= 0)
		close(vm);
	close(dev);
	return fd;
}

int vm_driver_prefault_by(struct vm_driver *vmd, unsigned int vcpu, u64 gpa, u64 size,
			  u64 *stopped)
{
	struct kvm_pre_fault_memory range = { .gpa = gpa, .size = size };
	int r;

	do {
		pressure_begin();
		r = __vcpu_ioctl(vmd->vcpu[vcpu], KVM_PRE_FAULT_MEMORY, &range);
		pressure_end();
	} while (range.size && (!r || errno == EINTR));

	*stopped = range.gpa;
	return r ? errno : 0;
}

int vm_driver_prefault(struct vm_driver *vmd, u64 gpa, u64 size, u64 *stopped)
{
	return vm_driver_prefault_by(vmd, 0, gpa, size, stopped);
}

/* Read every page of libkvm's own memslot: slower than pre-faulting. */
static void guest_read_alias(struct vm_driver *vmd, u64 npages)
{
	struct guest_channel *channel = host_channel(vmd, 0);
	u64 page;

	for (page = 0; page < npages; page += GUEST_BATCH_PAGES) {
		channel->request = (struct guest_request) {
			.op = GUEST_ACCESS,
			.access = ACCESS_READ,
			.gpa = SLOT0_ALIAS_GVA + page * PAGE_SIZE,
			.npages = min(npages - page, (u64)GUEST_BATCH_PAGES),
		};
		run_guest(vmd, 0, no_exit, NULL);
	}
}

/*
 * Install every leaf of libkvm's own memslot, and count them.  Its memory is populated
 * first: a page that the host writes for the first time later would lose its leaf.
 */
static void install_own_leaves(struct vm_driver *vmd)
{
	struct userspace_mem_region *own = vm_get_mem_region(vmd->vm, MEM_REGION_CODE);
	u64 npages = own->region.memory_size / PAGE_SIZE;
	u64 stopped;

	TEST_ASSERT(!madvise(own->host_mem, own->region.memory_size, MADV_POPULATE_WRITE),
		    "Cannot populate the guest's memory");
	/* A fork() would take all leaves of anonymous memory that the child shares. */
	TEST_ASSERT(!madvise(own->host_mem, own->region.memory_size, MADV_DONTFORK),
		    "Cannot keep the guest's memory from children");

	if (vm_driver_has_prefault())
		vm_driver_prefault(vmd, 0, own->region.memory_size, &stopped);
	else
		guest_read_alias(vmd, npages);
	read_leaves(vmd, vmd->baseline);
}

/* Kernels before 6.12 zap all memslots with the one that goes, libkvm's own too. */
static void restore_own_leaves(struct vm_driver *vmd)
{
	u64 leaves[NR_LEVELS];

	read_leaves(vmd, leaves);
	if (leaves[LEVEL_4K] < vmd->baseline[LEVEL_4K])
		install_own_leaves(vmd);
}

/* Only the ioctl: libkvm's own function asks for a capability each time. */
static int set_memslot(struct vm_driver *vmd, struct kvm_userspace_memory_region2 region)
{
	int r;

	pressure_begin();
	r = __vm_ioctl(vmd->vm, KVM_SET_USER_MEMORY_REGION2, &region) ? errno : 0;
	pressure_end();
	return r;
}

void vm_driver_parallel(struct vm_driver *vmd, bool parallel)
{
	vmd->parallel = parallel;
	if (!parallel)
		restore_own_leaves(vmd);
}

int vm_driver_set_memslot(struct vm_driver *vmd, u32 id, u64 gpa, u64 size, void *hva, int gmem_fd,
			  bool logged)
{
	int r = set_memslot(vmd, (struct kvm_userspace_memory_region2) {
		.slot = id,
		.flags = (gmem_fd >= 0 ? KVM_MEM_GUEST_MEMFD : 0) |
			 (logged ? KVM_MEM_LOG_DIRTY_PAGES : 0),
		.guest_phys_addr = gpa,
		.memory_size = size,
		.userspace_addr = (uintptr_t)hva,
		.guest_memfd = gmem_fd,
	});

	if (!vmd->parallel)
		restore_own_leaves(vmd);
	return r;
}

/*
 * First of all the guests run: the code that they run must be executable, and up to 6.12
 * KVM_PRE_FAULT_MEMORY retries for ever where all has been zapped, as kvm_mmu_reload() keeps
 * the roots that are obsolete until a vCPU runs.
 */
void vm_driver_nx_changed(struct vm_driver *vmd)
{
	unsigned int i;

	for (i = 0; i < VM_DRIVER_MAX_VCPUS && vmd->vcpu[i]; i++) {
		host_channel(vmd, i)->request = (struct guest_request) { .op = GUEST_ACCESS };
		run_guest(vmd, i, no_exit, NULL);
	}
	restore_own_leaves(vmd);
	read_leaves(vmd, vmd->baseline);
	vmd->nx_splits_baseline = read_nx_splits(vmd);
}

void vm_driver_own_memory_moved(struct vm_driver *vmd)
{
	u64 baseline[NR_LEVELS];

	/* There are as many as before. */
	memcpy(baseline, vmd->baseline, sizeof(baseline));
	install_own_leaves(vmd);
	memcpy(vmd->baseline, baseline, sizeof(baseline));
}

static const u64 protect_caps[NR_MANUAL_PROTECTS] = {
	[PROTECT_MANUAL]	= KVM_DIRTY_LOG_MANUAL_PROTECT_ENABLE,
	[PROTECT_INITIALLY_SET]	= KVM_DIRTY_LOG_MANUAL_PROTECT_ENABLE |
				  KVM_DIRTY_LOG_INITIALLY_SET,
};

const char *vm_driver_missing_protect(enum manual_protect protect)
{
	u64 caps = kvm_check_cap(KVM_CAP_MANUAL_DIRTY_LOG_PROTECT2);

	return protect_caps[protect] & ~caps ? "KVM_CAP_MANUAL_DIRTY_LOG_PROTECT2" : NULL;
}

int vm_driver_manual_protect(struct vm_driver *vmd, enum manual_protect protect)
{
	return __vm_enable_cap(vmd->vm, KVM_CAP_MANUAL_DIRTY_LOG_PROTECT2,
			       protect_caps[protect]) ? errno : 0;
}

int vm_driver_get_log(struct vm_driver *vmd, u32 id, u64 *bitmap)
{
	struct kvm_dirty_log log = { .slot = id, .dirty_bitmap = bitmap };

	return __vm_ioctl(vmd->vm, KVM_GET_DIRTY_LOG, &log) ? errno : 0;
}

int vm_driver_clear_log(struct vm_driver *vmd, u32 id, u64 first, u64 npages, u64 *bitmap)
{
	struct kvm_clear_dirty_log log = {
		.slot = id,
		.num_pages = npages,
		.first_page = first,
		.dirty_bitmap = bitmap,
	};

	return __vm_ioctl(vmd->vm, KVM_CLEAR_DIRTY_LOG, &log) ? errno : 0;
}

int vm_driver_bind_memslot(struct vm_driver *vmd, u32 id, u64 gpa, u64 size, void *hva,
			   int gmem_fd, u64 offset)
{
	return set_memslot(vmd, (struct kvm_userspace_memory_region2) {
		.slot = id,
		.flags = KVM_MEM_GUEST_MEMFD,
		.guest_phys_addr = gpa,
		.memory_size = size,
		.userspace_addr = (uintptr_t)hva,
		.guest_memfd = gmem_fd,
		.guest_memfd_offset = offset,
	});
}

int vm_driver_set_read_only_memslot(struct vm_driver *vmd, u32 id, u64 gpa, u64 size, void *hva)
{
	return set_memslot(vmd, (struct kvm_userspace_memory_region2) {
		.slot = id,
		.flags = KVM_MEM_READONLY,
		.guest_phys_addr = gpa,
		.memory_size = size,
		.userspace_addr = (uintptr_t)hva,
	});
}

void vm_driver_on_no_memory(struct vm_driver *vmd, bool (*no_memory)(void *arg), void *arg)
{
	vmd->no_memory = no_memory;
	vmd->no_memory_arg = arg;
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

struct vm_driver *vm_driver_create_unstarted(unsigned int nr_vcpus)
{
	struct vm_driver *vmd = calloc(1, sizeof(*vmd));
	unsigned int i;

	TEST_ASSERT(vmd && nr_vcpus <= VM_DRIVER_MAX_VCPUS, "No VM of %u vCPUs", nr_vcpus);
	pthread_mutex_init(&vmd->mapping, NULL);
	vmd->vm = __vm_create_with_vcpus(protected_shape, nr_vcpus, EXTRA_PAGES, guest_code,
					 vmd->vcpu);
	vm_enable_cap(vmd->vm, KVM_CAP_EXIT_HYPERCALL, BIT(KVM_HC_MAP_GPA_RANGE));
	vmd->stats_fd = vm_get_stats_fd(vmd->vm);
	find_own_stats(vmd);

	/* One entry for all scenario memory now, so that page tables never grow later. */
	guest_map(vmd, SLOT0_ALIAS_GVA, 0);
	guest_map_range(vmd, SCENARIO_MIN_GPA, SZ_1G);

	for (i = 0; i < nr_vcpus; i++)
		vcpu_args_set(vmd->vcpu[i], 1, (u64)i);
	return vmd;
}

void vm_driver_start(struct vm_driver *vmd)
{
	unsigned int i;

	for (i = 0; i < VM_DRIVER_MAX_VCPUS && vmd->vcpu[i]; i++)
		run_guest(vmd, i, no_exit, NULL);
	install_own_leaves(vmd);
}

struct vm_driver *vm_driver_create(unsigned int nr_vcpus)
{
	struct vm_driver *vmd = vm_driver_create_unstarted(nr_vcpus);

	vm_driver_start(vmd);
	return vmd;
}

void vm_driver_free(struct vm_driver *vmd)
{
	unsigned int i;

	if (!vmd)
		return;

	for (i = 0; i < VM_DRIVER_MAX_VCPUS; i++) {
		if (vmd->vcpu_stats[i].fd)
			close(vmd->vcpu_stats[i].fd);
	}
	close(vmd->stats_fd);
	/* libkvm would insist on ioctls that fail now: what is left goes with the process. */
	if (!vmd->dead)
		kvm_vm_free(vmd->vm);
	free(vmd);
}

int vm_driver_try_memslot(struct vm_driver *vmd, const struct kvm_userspace_memory_region2 *region)
{
	return set_memslot(vmd, *region);
}

int vm_driver_try_create_gmem(struct vm_driver *vmd, u64 size, u64 flags)
{
	int fd = __vm_create_guest_memfd(vmd->vm, size, flags);

	return fd < 0 ? -errno : fd;
}

int vm_driver_try_prefault(struct vm_driver *vmd, unsigned int vcpu, u64 *gpa, u64 *size,
			   u64 flags)
{
	struct kvm_pre_fault_memory range = { .gpa = *gpa, .size = *size, .flags = flags };
	int r;

	pressure_begin();
	r = __vcpu_ioctl(vmd->vcpu[vcpu], KVM_PRE_FAULT_MEMORY, &range) ? errno : 0;
	pressure_end();
	*gpa = range.gpa;
	*size = range.size;
	return r;
}

void vm_driver_ask(struct vm_driver *vmd, unsigned int vcpu, const struct guest_request *request)
{
	ask_access(vmd, vcpu, request);
}

int vm_driver_try_run(struct vm_driver *vmd, unsigned int vcpu)
{
	int r;

	pressure_begin();
	r = __vcpu_run(vmd->vcpu[vcpu]) ? errno : 0;
	pressure_end();
	return r;
}

void vm_driver_finish(struct vm_driver *vmd, unsigned int vcpu,
		      const struct guest_request *request, struct guest_access *result)
{
	struct access_run access = { .result = result };

	finish_access(vmd, vcpu, request, &access);
}

int vm_driver_dup(struct vm_driver *vmd, enum vm_driver_file file)
{
	const int fd[] = {
		[VM_DRIVER_VM] = vmd->vm->fd,
		[VM_DRIVER_VCPU] = vmd->vcpu[0]->fd,
		[VM_DRIVER_STATS] = vmd->stats_fd,
	};
	int copy = fcntl(fd[file], F_DUPFD_CLOEXEC, 0);

	TEST_ASSERT(copy >= 0, "Cannot duplicate a file");
	return copy;
}

struct insn_run {
	const u64 *input;
	struct guest_insn_exits *exits;
};

static void on_insn_exit(struct vm_driver *vmd, unsigned int id, void *arg)
{
	struct kvm_run *run = vmd->vcpu[id]->run;
	struct insn_run *insn = arg;
	struct guest_insn_exit *exit = &insn->exits->exit[insn->exits->nr];
	u64 input;

	TEST_ASSERT(insn->exits->nr < GUEST_INSN_MAX_EXITS, "Too many exits of one instruction");
	input = insn->input[insn->exits->nr++];
	*exit = (struct guest_insn_exit) { };
	switch (run->exit_reason) {
	case KVM_EXIT_MMIO:
		exit->end = ACCESS_MMIO;
		exit->gpa = run->mmio.phys_addr;
		exit->size = run->mmio.len;
		exit->is_write = run->mmio.is_write;
		if (exit->is_write)
			memcpy(&exit->data, run->mmio.data, sizeof(exit->data));
		else
			memcpy(run->mmio.data, &input, sizeof(input));
		return;
	case KVM_EXIT_MEMORY_FAULT:
		exit->end = ACCESS_MEMORY_FAULT;
		exit->gpa = run->memory_fault.gpa;
		exit->size = run->memory_fault.size;
		break;
	case KVM_EXIT_INTERNAL_ERROR:
		exit->end = ACCESS_INTERNAL_ERROR;
		break;
	case KVM_EXIT_UNKNOWN:
		exit->end = ACCESS_EFAULT;
		break;
	default:
		no_exit(vmd, id, NULL);
	}
	skip_access(vmd, id);
}

void vm_driver_insn(struct vm_driver *vmd, unsigned int vcpu, struct guest_insn *insn,
		    const u64 input[GUEST_INSN_MAX_EXITS], struct guest_insn_exits *exits)
{
	struct guest_channel *channel = host_channel(vmd, vcpu);
	struct insn_run run = { .input = input, .exits = exits };

	*exits = (struct guest_insn_exits) { };
	guest_map_range(vmd, insn->gpa, insn->size);
	channel->insn = *insn;
	guest_insn_assemble(&channel->insn);
	channel->request = (struct guest_request) { .op = GUEST_INSN };
	run_guest(vmd, vcpu, on_insn_exit, &run);
	*insn = channel->insn;
}

static void on_hypercall_exit(struct vm_driver *vmd, unsigned int id, void *arg)
{
	struct kvm_run *run = vmd->vcpu[id]->run;
	struct guest_hypercall *call = arg;

	if (run->exit_reason != KVM_EXIT_HYPERCALL)
		no_exit(vmd, id, NULL);

	call->nr_exits++;
	call->exit_nr = run->hypercall.nr;
	memcpy(call->exit_arg, run->hypercall.args, sizeof(call->exit_arg));
	call->exit_result = run->hypercall.ret;
	if (call->answers)
		run->hypercall.ret = call->answer;
}

void vm_driver_hypercall(struct vm_driver *vmd, unsigned int vcpu, struct guest_hypercall *call)
{
	struct guest_channel *channel = host_channel(vmd, vcpu);

	channel->hypercall = *call;
	channel->request = (struct guest_request) { .op = GUEST_HYPERCALL };
	call->nr_exits = 0;
	run_guest(vmd, vcpu, on_hypercall_exit, call);
	call->result = channel->hypercall.result;
}
