// SPDX-License-Identifier: GPL-2.0-only
#include "processor.h"
#include "test_util.h"

#include <linux/kvm_para.h>

#include "host/pressure.h"
#include "host/setting.h"
#include "host/slow_machine.h"
#include "kvm/kvm_parameter.h"
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

/*
 * Attributes of guest_memfd come with 7.4, in whose headers their capability will have a number.
 * Other kernels say 0 for this one, which none knows.
 */
#ifndef KVM_CAP_GUEST_MEMFD_MEMORY_ATTRIBUTES
#define KVM_CAP_GUEST_MEMFD_MEMORY_ATTRIBUTES INT_MAX
#endif

/* Kernels before 6.12 drop all leaves with any memslot. */
#ifndef KVM_X86_QUIRK_SLOT_ZAP_ALL
#define KVM_X86_QUIRK_SLOT_ZAP_ALL	BIT(7)
#endif

/* How long KVM's thread may take to recover hugepages. */
#define NX_RECOVERY_SECONDS	3

/* A dirty ring (bytes), and a memslot that it is for. */
#define RING_SIZE	SZ_64K
#define RING_SLOT_PAGES	64

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
	return vm_stats_faults(vmd->vcpu[vcpu], vmd->vcpu_stats_fd[vcpu]);
}

u64 vm_driver_flushes_of(struct vm_driver *vmd, unsigned int vcpu)
{
	return vm_stats_flushes(vmd->vcpu[vcpu], vmd->vcpu_stats_fd[vcpu]);
}

u64 vm_driver_fixed_faults(struct vm_driver *vmd, unsigned int vcpu)
{
	return vm_stats_fixed_faults(vmd->vcpu[vcpu], vmd->vcpu_stats_fd[vcpu]);
}

u64 vm_driver_emulated_faults(struct vm_driver *vmd, unsigned int vcpu)
{
	return vm_stats_emulated_faults(vmd->vcpu[vcpu], vmd->vcpu_stats_fd[vcpu]);
}

u64 vm_driver_fast_faults(struct vm_driver *vmd, unsigned int vcpu)
{
	return vm_stats_fast_faults(vmd->vcpu[vcpu], vmd->vcpu_stats_fd[vcpu]);
}

bool vm_driver_is_halted(struct vm_driver *vmd, unsigned int vcpu)
{
	return vm_stats_blocking(vmd->vcpu[vcpu], vmd->vcpu_stats_fd[vcpu]);
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

/* Only the ioctl: libkvm's own function asks for a capability each time. */
static int set_region(struct vm_driver *vmd, struct kvm_userspace_memory_region2 region)
{
	int r;

	pressure_begin();
	r = __vm_ioctl(vmd->vm, KVM_SET_USER_MEMORY_REGION2, &region) ? errno : 0;
	pressure_end();
	return r;
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
		vm_restore_own_leaves(vmd);
	return r;
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

const char *vm_driver_missing_sparing(void)
{
	int quirks = kvm_check_cap(KVM_CAP_DISABLE_QUIRKS2);

	return quirks & KVM_X86_QUIRK_SLOT_ZAP_ALL ? NULL : "KVM_X86_QUIRK_SLOT_ZAP_ALL";
}

void vm_driver_spare_memslots(struct vm_driver *vmd)
{
	vm_enable_cap(vmd->vm, KVM_CAP_DISABLE_QUIRKS2, KVM_X86_QUIRK_SLOT_ZAP_ALL);
}

int vm_driver_try_end_nx_mitigation(struct vm_driver *vmd)
{
	return __vm_enable_cap(vmd->vm, KVM_CAP_VM_DISABLE_NX_HUGE_PAGES, 0) ? errno : 0;
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
