// SPDX-License-Identifier: GPL-2.0-only
#include "processor.h"
#include "test_util.h"

#include <linux/kvm_para.h>

#include "host/must_hold.h"
#include "host/pressure.h"
#include "kvm/vm_internal.h"

struct guest_channel *vm_channel(struct vm_driver *vmd, unsigned int vcpu)
{
	return addr_gva2hva(vmd->vm, (unsigned long)&guest_channel[vcpu]);
}

void vm_map_1g(struct vm_driver *vmd, u64 gva, u64 gpa)
{
	virt_map_level(vmd->vm, gva, gpa, SZ_1G, PG_LEVEL_1G);
}

void vm_driver_map_1g(struct vm_driver *vmd, u64 gva, u64 gpa)
{
	pthread_mutex_lock(&vmd->mapping);
	TEST_ASSERT(!vmd->mapped[gva / SZ_1G], "The guest has gva 0x%llx already",
		    (unsigned long long)gva);
	vm_map_1g(vmd, gva, gpa);
	vmd->mapped[gva / SZ_1G] = true;
	pthread_mutex_unlock(&vmd->mapping);
}

#define ENTRY_ADDRESS	GENMASK_ULL(51, 12)
#define ENTRY_MAPS	(BIT_ULL(0) | BIT_ULL(1) | BIT_ULL(2))

/* The entry of the page table at @table for @gva, of which each covers 1 << @shift bytes. */
static u64 *page_table_entry(struct vm_driver *vmd, u64 table, u64 gva, unsigned int shift)
{
	u64 *entries = addr_gpa2hva(vmd->vm, table & ENTRY_ADDRESS);

	return &entries[(gva >> shift) % 512];
}

void vm_driver_map_by_directory(struct vm_driver *vmd, u64 gva, u64 directory)
{
	struct kvm_sregs sregs;
	u64 table;

	vm_driver_map_1g(vmd, gva, 0);
	vcpu_sregs_get(vmd->vcpu[0], &sregs);
	table = sregs.cr3;
	if (sregs.cr4 & X86_CR4_LA57)
		table = *page_table_entry(vmd, table, gva, 48);
	table = *page_table_entry(vmd, table, gva, 39);
	*page_table_entry(vmd, table, gva, 30) = directory | ENTRY_MAPS;
}

/* Let the guest reach [@gpa, @gpa + @size) at gva = gpa. */
void vm_map_range(struct vm_driver *vmd, u64 gpa, u64 size)
{
	u64 gib;

	pthread_mutex_lock(&vmd->mapping);
	for (gib = gpa / SZ_1G; gib <= (gpa + size - 1) / SZ_1G; gib++) {
		if (!vmd->mapped[gib])
			vm_map_1g(vmd, gib * SZ_1G, gib * SZ_1G);
		vmd->mapped[gib] = true;
	}
	pthread_mutex_unlock(&vmd->mapping);
}

/*
 * KVM_RUN, which returns 0 or the errno.  libkvm's own function makes other ioctls when the guest
 * leaves, which must not feel the pressure: there it is only the bare ioctl.
 */
static int keep_running(struct kvm_vcpu *vcpu)
{
	int r;

	if (!pressure_is_asked())
		return _vcpu_run(vcpu) ? errno : 0;

	do {
		pressure_begin();
		r = __vcpu_run(vcpu) ? errno : 0;
		pressure_end();
	} while (r == EINTR);
	return r;
}

static bool reports_fault(const struct kvm_vcpu *vcpu)
{
	return vcpu->run->exit_reason == KVM_EXIT_MEMORY_FAULT ||
	       vcpu->run->exit_reason == KVM_EXIT_UNKNOWN;
}

/*
 * May KVM_RUN return @error, 0 or the errno, for this exit?  EFAULT says that there is a
 * KVM_EXIT_MEMORY_FAULT, and always comes with it (kvm_mmu_prepare_memory_fault_exit()); without an
 * exit, that the host's memory is not there or may not be written to (kvm_handle_error_pfn()):
 * @on_exit sees KVM_EXIT_UNKNOWN then.  EHWPOISON comes with the same exit, where a page of a
 * guest_memfd has failed (__kvm_gmem_get_pfn()).
 */
static bool fits_exit(int error, const struct kvm_vcpu *vcpu)
{
	if (error == EHWPOISON)
		return vcpu->run->exit_reason == KVM_EXIT_MEMORY_FAULT;

	return error == (reports_fault(vcpu) ? EFAULT : 0);
}

/* The gpa that the guest is at, if it accesses memory under test. */
static u64 place_of(struct vm_driver *vmd, unsigned int id)
{
	const struct guest_channel *channel = vm_channel(vmd, id);

	return channel->request.gpa + channel->page * PAGE_SIZE;
}

/*
 * Run to the end of the request the vCPU was given; @on_exit deals with other exits, and finds in
 * errno what KVM_RUN has returned.  False if the VM is dead: KVM_BUG_ON() makes all its ioctls
 * fail with EIO.
 */
static bool try_run_guest(struct vm_driver *vmd, unsigned int id,
			  void (*on_exit)(struct vm_driver *vmd, unsigned int id, void *arg),
			  void *arg)
{
	struct kvm_vcpu *vcpu = vmd->vcpu[id];

	for (;;) {
		int error = keep_running(vcpu);

		if ((error == ENOMEM || error == ENOSPC) && vmd->no_memory &&
		    vmd->no_memory(vmd->no_memory_arg))
			continue;
		if (error == EIO) {
			vmd->dead = true;
			return false;
		}
		MUST_HOLD(fits_exit(error, vcpu),
			  "Wanted %s at gpa 0x%llx (KVM_RUN, exit reason %u), got errno %d",
			  reports_fault(vcpu) ? "EFAULT" : "success",
			  (unsigned long long)place_of(vmd, id), vcpu->run->exit_reason, error);
		if (vcpu->run->exit_reason == KVM_EXIT_IO) {
			MUST_HOLD(id || !vmd->nested || vmd->nested_may_end ||
				  vm_nested(vmd)->inside,
				  "Wanted no end of the guest's guest at gpa 0x%llx, got exit 0x%llx",
				  (unsigned long long)place_of(vmd, id),
				  (unsigned long long)vm_nested(vmd)->exit);
			return true;
		}

		if (vmd->ring_bytes && vcpu->run->exit_reason == KVM_EXIT_DIRTY_RING_FULL) {
			vm_ring_full(vmd, id);
			continue;
		}
		errno = error;
		on_exit(vmd, id, arg);
	}
}

void vm_run_guest(struct vm_driver *vmd, unsigned int id,
		  void (*on_exit)(struct vm_driver *vmd, unsigned int id, void *arg), void *arg)
{
	bool alive = try_run_guest(vmd, id, on_exit, arg);

	MUST_HOLD(alive, "The VM is dead: KVM_RUN failed with EIO");
}

void vm_no_exit(struct vm_driver *vmd, unsigned int id, void *arg)
{
	errno = 0;
	TEST_FAIL("Unexpected exit reason %u", vmd->vcpu[id]->run->exit_reason);
}

void vm_skip_access(struct vm_driver *vmd, unsigned int id)
{
	struct guest_channel *channel = vm_channel(vmd, id);
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
	struct guest_access *result = &access->result[vm_channel(vmd, id)->page];

	switch (run->exit_reason) {
	case KVM_EXIT_MEMORY_FAULT:
		*result = (struct guest_access) {
			.end = errno == EHWPOISON ? ACCESS_HWPOISON : ACCESS_MEMORY_FAULT,
			.gpa = run->memory_fault.gpa,
			.size = run->memory_fault.size,
			.flags = run->memory_fault.flags,
		};
		if (access->fix)
			access->fix(access->fix_arg, result);
		else
			vm_skip_access(vmd, id);
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
		vm_skip_access(vmd, id);
		break;
	case KVM_EXIT_UNKNOWN:
		*result = (struct guest_access) { .end = ACCESS_EFAULT };
		vm_skip_access(vmd, id);
		break;
	default:
		vm_no_exit(vmd, id, NULL);
	}
}

static void on_convert_exit(struct vm_driver *vmd, unsigned int id, void *arg)
{
	struct kvm_run *run = vmd->vcpu[id]->run;
	int *result = arg;
	u64 size;

	if (run->exit_reason != KVM_EXIT_HYPERCALL || run->hypercall.nr != KVM_HC_MAP_GPA_RANGE)
		vm_no_exit(vmd, id, NULL);

	size = run->hypercall.args[1] * PAGE_SIZE;
	*result = vm_driver_convert(vmd, run->hypercall.args[0], size,
				    run->hypercall.args[2] & KVM_MAP_GPA_RANGE_ENCRYPTED);
	run->hypercall.ret = *result;
}

static void ask_access(struct vm_driver *vmd, unsigned int id, const struct guest_request *request)
{
	struct guest_channel *channel = vm_channel(vmd, id);

	TEST_ASSERT(request->npages <= GUEST_BATCH_PAGES, "Too many pages for one request");
	vm_map_range(vmd, request->gpa, request->npages * PAGE_SIZE);
	channel->request = *request;
	channel->spins = 0;
	channel->stop_spin = false;
}

static void finish_access(struct vm_driver *vmd, unsigned int id,
			  const struct guest_request *request, struct access_run *access)
{
	struct guest_channel *channel = vm_channel(vmd, id);
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

	vm_channel(vmd, vcpu)->request = *request;
	vm_run_guest(vmd, vcpu, on_convert_exit, &r);
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

bool vm_driver_has_left_for_signal(struct vm_driver *vmd, unsigned int vcpu)
{
	return vmd->vcpu[vcpu]->run->exit_reason == KVM_EXIT_INTR;
}

void vm_driver_finish(struct vm_driver *vmd, unsigned int vcpu,
		      const struct guest_request *request, struct guest_access *result)
{
	struct access_run access = { .result = result };

	finish_access(vmd, vcpu, request, &access);
}

u64 vm_driver_spins(struct vm_driver *vmd, unsigned int vcpu)
{
	return READ_ONCE(vm_channel(vmd, vcpu)->spins);
}

void vm_driver_stop_spin(struct vm_driver *vmd, unsigned int vcpu)
{
	WRITE_ONCE(vm_channel(vmd, vcpu)->stop_spin, true);
}

void vm_driver_on_no_memory(struct vm_driver *vmd, bool (*no_memory)(void *arg), void *arg)
{
	vmd->no_memory = no_memory;
	vmd->no_memory_arg = arg;
}
