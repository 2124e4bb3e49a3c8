// SPDX-License-Identifier: GPL-2.0-only
#include <fcntl.h>

#include "processor.h"
#include "test_util.h"

#include <linux/kvm_para.h>

#include "host/backing.h"
#include "host/pressure.h"
#include "host/release.h"
#include "host/setting.h"
#include "host/slow_machine.h"
#include "kvm/vm_internal.h"
#include "kvm/vm_stats.h"

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

/*
 * Attributes of guest_memfd come with 7.4, in whose headers their capability will have a number.
 * Other kernels say 0 for this one, which none knows.
 */
#ifndef KVM_CAP_GUEST_MEMFD_MEMORY_ATTRIBUTES
#define KVM_CAP_GUEST_MEMFD_MEMORY_ATTRIBUTES INT_MAX
#endif
#ifndef KVM_SET_MEMORY_ATTRIBUTES2
#define KVM_SET_MEMORY_ATTRIBUTES2	_IOWR(KVMIO, 0xd2, struct gmem_attributes)
#endif
static_assert(sizeof(struct gmem_attributes) == _IOC_SIZE(KVM_SET_MEMORY_ATTRIBUTES2),
	      "struct gmem_attributes is not what the kernel takes");

/* How long KVM's thread may take to recover hugepages. */
#define NX_RECOVERY_SECONDS	3

/* Guest memory beyond what libkvm counts: page tables for the two mappings below. */
#define EXTRA_PAGES	16

/* A dirty ring (bytes), and a memslot that it is for. */
#define RING_SIZE	SZ_64K
#define RING_SLOT_PAGES	64

/* Where the guest sees libkvm's own memslot a second time, to install all its leaves. */
#define SLOT0_ALIAS_GVA	(SCENARIO_MAX_GPA + SZ_1G)

/* The parameter comes with attributes of guest_memfd. */
static bool has_gmem_attributes(void)
{
	char value[8];

	return !setting_read(GMEM_ATTRIBUTES_SETTING, value, sizeof(value)) && *value == 'Y';
}

const char *vm_driver_attributes(void)
{
	if (kvm_check_cap(KVM_CAP_MEMORY_ATTRIBUTES) & KVM_MEMORY_ATTRIBUTE_PRIVATE)
		return "of the VM";
	return has_gmem_attributes() ? "of guest_memfd" : "none";
}

/* What is missing wherever attributes are. */
static const char *missing_for_vm(void)
{
	if (!(kvm_check_cap(KVM_CAP_EXIT_HYPERCALL) & BIT(KVM_HC_MAP_GPA_RANGE)))
		return "KVM_CAP_EXIT_HYPERCALL";
	if (!get_kvm_param_bool("tdp_mmu"))
		return "TDP MMU";
	if (!kvm_cpu_has(X86_FEATURE_GBPAGES))
		return "1G pages in the guest";

	return NULL;
}

static bool has_vm_type(void)
{
	return kvm_check_cap(KVM_CAP_VM_TYPES) & BIT(KVM_X86_SW_PROTECTED_VM);
}

const char *vm_driver_missing(void)
{
	if (!has_vm_type())
		return "CONFIG_KVM_SW_PROTECTED_VM";
	if (strcmp(vm_driver_attributes(), "of the VM"))
		return "CONFIG_KVM_VM_MEMORY_ATTRIBUTES and kvm.gmem_in_place_conversion=N";
	return missing_for_vm();
}

const char *vm_driver_missing_in_place(void)
{
	if (!has_vm_type())
		return "CONFIG_KVM_SW_PROTECTED_VM";
	if (!(kvm_check_cap(KVM_CAP_GUEST_MEMFD_MEMORY_ATTRIBUTES) & KVM_MEMORY_ATTRIBUTE_PRIVATE))
		return "KVM_CAP_GUEST_MEMFD_MEMORY_ATTRIBUTES";
	return missing_for_vm();
}

bool vm_driver_has_prefault(void)
{
	return kvm_has_cap(KVM_CAP_PRE_FAULT_MEMORY);
}

void vm_driver_leaves(struct vm_driver *vmd, u64 leaves[NR_LEVELS])
{
	enum level level;

	vm_stats_leaves(vmd->vm, leaves);
	for (level = LEVEL_4K; level < NR_LEVELS; level++)
		leaves[level] -= vmd->baseline[level];
}

u64 vm_driver_nx_splits(struct vm_driver *vmd)
{
	return vm_stats_nx_splits(vmd->vm) - vmd->nx_splits_baseline;
}

u64 vm_driver_tlb_flushes(struct vm_driver *vmd)
{
	return vm_stats_tlb_flushes(vmd->vm);
}

u64 vm_driver_faults(struct vm_driver *vmd, unsigned int vcpu)
{
	return vm_stats_faults(vmd->vcpu[vcpu], &vmd->vcpu_stats_fd[vcpu]);
}

u64 vm_driver_fast_faults(struct vm_driver *vmd, unsigned int vcpu)
{
	return vm_stats_fast_faults(vmd->vcpu[vcpu], &vmd->vcpu_stats_fd[vcpu]);
}

bool vm_driver_is_halted(struct vm_driver *vmd, unsigned int vcpu)
{
	return vm_stats_blocking(vmd->vcpu[vcpu], &vmd->vcpu_stats_fd[vcpu]);
}

void vm_driver_wait_for_splits(struct vm_driver *vmd, u64 left)
{
	unsigned int wait, limit = slow_machine_seconds(NX_RECOVERY_SECONDS) * 1000;

	for (wait = 0; wait < limit && vm_driver_nx_splits(vmd) > left; wait++)
		usleep(1000);
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

int vm_driver_try_create_gmem(struct vm_driver *vmd, u64 size, u64 flags)
{
	int fd = __vm_create_guest_memfd(vmd->vm, size, flags);

	return fd < 0 ? -errno : fd;
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

int vm_driver_create_gmem_in_place(struct vm_driver *vmd, u64 size, bool shared)
{
	u64 flags = GUEST_MEMFD_FLAG_MMAP | (shared ? GUEST_MEMFD_FLAG_INIT_SHARED : 0);

	return vm_create_guest_memfd(vmd->vm, size, flags);
}

int vm_driver_try_gmem_attributes(int gmem_fd, struct gmem_attributes *attributes)
{
	int r;

	pressure_begin();
	r = ioctl(gmem_fd, KVM_SET_MEMORY_ATTRIBUTES2, attributes) ? errno : 0;
	pressure_end();
	return r;
}

int vm_driver_convert_in_place(int gmem_fd, u64 offset, u64 size, bool private, u64 *held)
{
	struct gmem_attributes attributes = {
		.offset = offset,
		.size = size,
		.attributes = private ? KVM_MEMORY_ATTRIBUTE_PRIVATE : 0,
	};
	int r = vm_driver_try_gmem_attributes(gmem_fd, &attributes);

	*held = attributes.error_offset;
	return r;
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

/* Read every page of libkvm's own memslot: slower than pre-faulting. */
static void read_alias(struct vm_driver *vmd, u64 npages)
{
	struct guest_channel *channel = vm_channel(vmd, 0);
	u64 page;

	for (page = 0; page < npages; page += GUEST_BATCH_PAGES) {
		channel->request = (struct guest_request) {
			.op = GUEST_ACCESS,
			.access = ACCESS_READ,
			.gpa = SLOT0_ALIAS_GVA + page * PAGE_SIZE,
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
		read_alias(vmd, npages);
	vm_stats_leaves(vmd->vm, vmd->baseline);
}

/* Kernels before 6.12 zap all memslots with the one that goes, libkvm's own too. */
static void restore_own_leaves(struct vm_driver *vmd)
{
	u64 leaves[NR_LEVELS];

	vm_stats_leaves(vmd->vm, leaves);
	if (leaves[LEVEL_4K] < vmd->baseline[LEVEL_4K])
		install_own_leaves(vmd);
}

/* Only the ioctl: libkvm's own function asks for a capability each time. */
static int set_region(struct vm_driver *vmd, struct kvm_userspace_memory_region2 region)
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
	int r = set_region(vmd, (struct kvm_userspace_memory_region2) {
		.slot = id,
		.flags = (gmem_fd >= 0 ? KVM_MEM_GUEST_MEMFD : 0) |
			 (logged ? KVM_MEM_LOG_DIRTY_PAGES : 0),
		.guest_phys_addr = gpa,
		.memory_size = size,
		.userspace_addr = (uintptr_t)hva,
		.guest_memfd = gmem_fd,
	});

	if (vmd->ring_bytes && !logged)
		vm_ring_forget(vmd, id);
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
		vm_channel(vmd, i)->request = (struct guest_request) { .op = GUEST_ACCESS };
		vm_run_guest(vmd, i, vm_no_exit, NULL);
	}
	restore_own_leaves(vmd);
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
	return set_region(vmd, (struct kvm_userspace_memory_region2) {
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
	return set_region(vmd, (struct kvm_userspace_memory_region2) {
		.slot = id,
		.flags = KVM_MEM_READONLY,
		.guest_phys_addr = gpa,
		.memory_size = size,
		.userspace_addr = (uintptr_t)hva,
	});
}

int vm_driver_try_memslot(struct vm_driver *vmd, const struct kvm_userspace_memory_region2 *region)
{
	return set_region(vmd, *region);
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

const char *vm_driver_missing_ring(void)
{
	return kvm_has_cap(KVM_CAP_DIRTY_LOG_RING) ? NULL : "KVM_CAP_DIRTY_LOG_RING";
}

struct vm_driver_ring_log vm_driver_try_log_of_ring(void)
{
	struct kvm_vm *vm = vm_create_barebones();
	u64 bitmap[RING_SLOT_PAGES / 64] = { };
	struct kvm_clear_dirty_log clear = {
		.slot = 1, .num_pages = RING_SLOT_PAGES, .dirty_bitmap = bitmap,
	};
	struct kvm_dirty_log get = { .slot = 1, .dirty_bitmap = bitmap };
	struct vm_driver_ring_log result;

	/* No vCPU may be there yet. */
	vm_enable_dirty_ring(vm, RING_SIZE);
	vm_userspace_mem_region_add(vm, VM_MEM_SRC_ANONYMOUS, 0, 1, RING_SLOT_PAGES,
				    KVM_MEM_LOG_DIRTY_PAGES);
	result.get = __vm_ioctl(vm, KVM_GET_DIRTY_LOG, &get) ? errno : 0;
	result.clear = __vm_ioctl(vm, KVM_CLEAR_DIRTY_LOG, &clear) ? errno : 0;
	kvm_vm_free(vm);
	return result;
}

int vm_driver_try_end_nx_mitigation(struct vm_driver *vmd)
{
	return __vm_enable_cap(vmd->vm, KVM_CAP_VM_DISABLE_NX_HUGE_PAGES, 0) ? errno : 0;
}

/* The VM itself; KVM takes both capabilities only as long as there is no vCPU. */
static void make_vm(struct vm_driver *vmd, unsigned int nr_vcpus)
{
	unsigned int i;

	vmd->vm = __vm_create(protected_shape, nr_vcpus, EXTRA_PAGES);
	if (vmd->ring_bytes)
		vm_enable_dirty_ring(vmd->vm, vmd->ring_bytes);
	if (vmd->no_nx_mitigation)
		vm_enable_cap(vmd->vm, KVM_CAP_VM_DISABLE_NX_HUGE_PAGES, 0);
	for (i = 0; i < nr_vcpus; i++)
		vmd->vcpu[i] = vm_vcpu_add(vmd->vm, i, guest_code);
	vm_enable_cap(vmd->vm, KVM_CAP_EXIT_HYPERCALL, BIT(KVM_HC_MAP_GPA_RANGE));

	/* One entry for all scenario memory now, so that page tables never grow later. */
	vm_map_1g(vmd, SLOT0_ALIAS_GVA, 0);
	vm_map_range(vmd, SCENARIO_MIN_GPA, SZ_1G);

	for (i = 0; i < nr_vcpus; i++)
		vcpu_args_set(vmd->vcpu[i], 1, (u64)i);
}

static struct vm_driver *create_unstarted(unsigned int nr_vcpus, bool no_nx_mitigation)
{
	struct vm_driver *vmd = calloc(1, sizeof(*vmd));

	TEST_ASSERT(vmd && nr_vcpus <= VM_DRIVER_MAX_VCPUS, "No VM of %u vCPUs", nr_vcpus);
	pthread_mutex_init(&vmd->mapping, NULL);
	vmd->no_nx_mitigation = no_nx_mitigation;
	make_vm(vmd, nr_vcpus);
	return vmd;
}

struct vm_driver *vm_driver_create_unstarted(unsigned int nr_vcpus)
{
	return create_unstarted(nr_vcpus, false);
}

/* Before the VM starts no leaf of that memslot is there that would have to come back. */
int vm_driver_convert_without_memslots(struct vm_driver *vmd, u64 gpa, u64 size, bool private)
{
	const struct kvm_userspace_memory_region2 own = memslot2region(vmd->vm, 0)->region;
	struct kvm_userspace_memory_region2 none = own;
	int r;

	none.memory_size = 0;
	TEST_ASSERT(!set_region(vmd, none), "Cannot delete libkvm's memslot");
	r = vm_driver_convert(vmd, gpa, size, private);
	TEST_ASSERT(!set_region(vmd, own), "Cannot put libkvm's memslot back");
	return r;
}

void vm_driver_start(struct vm_driver *vmd)
{
	unsigned int i;

	for (i = 0; i < VM_DRIVER_MAX_VCPUS && vmd->vcpu[i]; i++)
		vm_run_guest(vmd, i, vm_no_exit, NULL);
	install_own_leaves(vmd);
}

struct vm_driver *vm_driver_create(unsigned int nr_vcpus)
{
	struct vm_driver *vmd = vm_driver_create_unstarted(nr_vcpus);

	vm_driver_start(vmd);
	return vmd;
}

struct vm_driver *vm_driver_create_without_nx_mitigation(unsigned int nr_vcpus)
{
	struct vm_driver *vmd = create_unstarted(nr_vcpus, true);

	vm_driver_start(vmd);
	return vmd;
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
	vmd->ring_bytes = bytes;
	make_vm(vmd, nr_vcpus);
	vm_driver_start(vmd);
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
	int copy;

	/* Whether libkvm has one open depends on the release: one more is the same. */
	if (file == VM_DRIVER_STATS)
		return vm_get_stats_fd(vmd->vm);

	copy = fcntl(file == VM_DRIVER_VM ? vmd->vm->fd : vmd->vcpu[0]->fd, F_DUPFD_CLOEXEC, 0);
	TEST_ASSERT(copy >= 0, "Cannot duplicate a file");
	return copy;
}
