// SPDX-License-Identifier: GPL-2.0-only
/*
 * Claim: a VM begins and ends whole.  A vCPU whose first entry fails can be run again; memslots,
 * guest_memfd and VM go in any order, whoever still holds one of them; after the last close all
 * page tables are gone, and all hugepages free; and page tables do not outlive the process whose
 * memory they map.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <linux/bits.h>
#include <linux/falloc.h>
#include <linux/kernel.h>
#include <linux/kvm.h>
#include <linux/sizes.h>

#include "suite/suite_harness.h"

#include "host/backing.h"
#include "host/must_hold.h"
#include "host/pressure.h"
#include "host/setting.h"
#include "kvm/kernel_log.h"
#include "kvm/kvm_parameter.h"
#include "kvm/vm_driver.h"
#include "kvm/vm_memory.h"
#include "scenario/scenario.h"
#include "suite/case_child.h"
#include "suite/suite.h"
#include "suite/vm_expect.h"

#define BASE		(16ull * SZ_1G)
#define TAG		0x11fe11fe00000001ull

/* More allocations than a first entry makes. */
#define MAX_TRIES	200

#define CHILD_SECONDS	20

/* A page of libkvm's own memslot. */
#define OWN_GPA		0ull

static int enter(struct vm_driver *vmd)
{
	return vm_driver_try_run(vmd, 0);
}

static int prefault_own(struct vm_driver *vmd)
{
	u64 gpa = OWN_GPA, size = SZ_4K;

	return vm_driver_try_prefault(vmd, 0, &gpa, &size, 0);
}

FIXTURE(beginning)
{
	u64 nr_refused;
};

FIXTURE_VARIANT(beginning)
{
	const char *name;
	int (*first_call)(struct vm_driver *vmd);
	u32 times;		/* as many allocations fail; 0: all */
};

#define BEGIN(_name, _call, _times)						\
	FIXTURE_VARIANT_ADD(beginning, _name) {					\
		.name = #_name, .first_call = _call, .times = _times		\
	}

BEGIN(entry_when_one_allocation_fails, enter, 1);
BEGIN(entry_when_allocations_fail, enter, 0);
BEGIN(prefault_when_one_allocation_fails, prefault_own, 1);
BEGIN(prefault_when_allocations_fail, prefault_own, 0);

FIXTURE_SETUP(beginning)
{
	if (pressure_missing_slab())
		SKIP(return, "%s", pressure_missing_slab());
	if (variant->first_call == prefault_own && !vm_driver_has_prefault())
		SKIP(return, "KVM_PRE_FAULT_MEMORY");
	kernel_log_start();
}

FIXTURE_TEARDOWN(beginning)
{
	pressure_release();
	vm_expect_no_warning(_metadata, OWN_GPA, "after the VM");
}

/* An allocation that is needed was among those that failed. */
static void expect_refused(struct __test_metadata *_metadata, FIXTURE_DATA(beginning) * self,
			   const FIXTURE_VARIANT(beginning) * variant)
{
	EXPECT_LT(0, self->nr_refused) {
		TH_LOG("Wanted ENOMEM at gpa 0x%llx (%s, any allocation), got none", OWN_GPA,
		       variant->name);
	}
}

/* The VM works: its guest runs, and memory is mapped for it. */
static void expect_alive(struct __test_metadata *_metadata, struct vm_driver *vmd, const char *when)
{
	struct backing_view view;
	struct guest_access got;

	vm_driver_start(vmd);
	backing_map(&view, BACKING_ANONYMOUS, 0, SZ_4K);
	ASSERT_EQ(0, vm_driver_set_memslot(vmd, 1, BASE, SZ_4K, view.base, -1, false));
	got = vm_driver_touch(vmd, 0, ACCESS_WRITE, BASE, TAG);
	vm_expect_end(_metadata, ACCESS_DONE, got.end, BASE, when);
	vm_expect_content(_metadata, TAG, *(u64 *)view.base, BASE, when);
	vm_expect_leaves_of(_metadata, vmd, LEVEL_4K, 1, BASE, when);
	backing_unmap(&view);
}

/* The first call, with allocation @first failing. Returns false if none failed. */
static bool try_first(struct __test_metadata *_metadata, FIXTURE_DATA(beginning) * self,
		      const FIXTURE_VARIANT(beginning) * variant, struct vm_driver *vmd, u32 first)
{
	int r;

	pressure_ask(&(struct pressure) { .first = first, .times = variant->times });
	r = variant->first_call(vmd);
	pressure_release();
	self->nr_refused += r == ENOMEM;
	EXPECT_TRUE(!r || r == ENOMEM) {
		TH_LOG("Wanted success or ENOMEM at gpa 0x%llx (%s, allocation %u), got %s",
		       OWN_GPA, variant->name, first, strerror(r));
	}
	return pressure_was_felt() && __test_passed(_metadata);
}

/* The call again, with all memory there is. */
static void repeat(struct __test_metadata *_metadata, const FIXTURE_VARIANT(beginning) * variant,
		   struct vm_driver *vmd, u32 first)
{
	int r = variant->first_call(vmd);

	EXPECT_EQ(0, r) {
		TH_LOG("Wanted success at gpa 0x%llx (%s, after allocation %u), got %s", OWN_GPA,
		       variant->name, first, strerror(r));
	}
	vm_expect_no_warning(_metadata, OWN_GPA, variant->name);
}

/* In one VM the first allocation fails, then the second ... */
TEST_F(beginning, can_be_repeated)
{
	struct vm_driver *vmd = vm_driver_create_unstarted(1);
	u32 first = 1;

	while (try_first(_metadata, self, variant, vmd, first) && first < MAX_TRIES)
		first++;
	EXPECT_GT(MAX_TRIES, first) {
		TH_LOG("Wanted fewer than %d allocations at gpa 0x%llx (%s), got no end", MAX_TRIES,
		       OWN_GPA, variant->name);
	}
	expect_refused(_metadata, self, variant);
	repeat(_metadata, variant, vmd, first);
	if (__test_passed(_metadata))
		expect_alive(_metadata, vmd, variant->name);
	vm_driver_free(vmd);
}

/* ... and in others just one of them, so that nothing was done before: each time farther off. */
TEST_F(beginning, can_be_repeated_at_once)
{
	bool felt = true;
	u32 first;

	for (first = 1; felt && first < MAX_TRIES; first *= 3) {
		struct vm_driver *vmd = vm_driver_create_unstarted(1);

		felt = try_first(_metadata, self, variant, vmd, first);
		repeat(_metadata, variant, vmd, first);
		vm_driver_free(vmd);
	}
	expect_refused(_metadata, self, variant);
}

/* The end. */

#define GMEM_SIZE	((u64)SZ_2M)
#define NR_TOUCHED	16

/* What closes, in this order; the memslot may go with the VM. */
enum closed { MEMSLOT, FILE_, VM, NOTHING };

enum holder { NOBODY, HELD_GMEM, HELD_MAPPING, HELD_VM, HELD_VCPU, HELD_STATS, HELD_DEBUGFS };

static const struct order {
	const char *name;
	enum closed step[3];
} order[] = {
	{ "VM, file", { VM, FILE_, NOTHING } },
	{ "memslot, file, VM", { MEMSLOT, FILE_, VM } },
	{ "memslot, VM, file", { MEMSLOT, VM, FILE_ } },
	{ "file, memslot, VM", { FILE_, MEMSLOT, VM } },
	{ "file, VM", { FILE_, VM, NOTHING } },
};

struct ending {
	struct vm_driver *vmd;
	struct backing_view view;
	int gmem_fd;
	int held_fd;
	void *held_mapping;
};

static const char *missing_for_ending(void)
{
	return vm_memory_missing() ? : suite_missing(BACKING_ANONYMOUS_HUGETLB_2MB);
}

/* A VM with page tables for memory of both kinds, and a hugepage. */
static void create_ending(struct __test_metadata *_metadata, struct ending *end, bool mapped)
{
	const struct guest_request write_some = {
		.op = GUEST_ACCESS, .access = ACCESS_WRITE, .gpa = BASE, .npages = NR_TOUCHED,
		.tag = TAG,
	};
	struct guest_access got[NR_TOUCHED];

	*end = (struct ending) { .held_fd = -1 };
	end->vmd = vm_driver_create(1);
	end->gmem_fd = mapped ? vm_driver_create_gmem_only(end->vmd, GMEM_SIZE) :
				vm_driver_create_gmem(end->vmd, GMEM_SIZE);
	backing_map(&end->view, BACKING_ANONYMOUS_HUGETLB_2MB, 0, GMEM_SIZE);
	ASSERT_EQ(0, vm_driver_set_memslot(end->vmd, 1, BASE, GMEM_SIZE, end->view.base,
					   end->gmem_fd, false));
	ASSERT_EQ(0, vm_driver_convert(end->vmd, BASE, NR_TOUCHED / 2 * SZ_4K, true));
	vm_driver_guest(end->vmd, 0, &write_some, got);
}

static void hold(struct __test_metadata *_metadata, struct ending *end, enum holder holder)
{
	switch (holder) {
	case HELD_GMEM:
		end->held_fd = dup(end->gmem_fd);
		break;
	case HELD_MAPPING:
		end->held_mapping = mmap(NULL, SZ_4K, PROT_READ, MAP_SHARED, end->gmem_fd, 0);
		ASSERT_NE(MAP_FAILED, end->held_mapping);
		break;
	case HELD_VM:
		end->held_fd = vm_driver_dup(end->vmd, VM_DRIVER_VM);
		break;
	case HELD_VCPU:
		end->held_fd = vm_driver_dup(end->vmd, VM_DRIVER_VCPU);
		break;
	case HELD_STATS:
		end->held_fd = vm_driver_dup(end->vmd, VM_DRIVER_STATS);
		break;
	case HELD_DEBUGFS:
		end->held_fd = vm_driver_dup(end->vmd, VM_DRIVER_DEBUGFS);
		break;
	default:
		break;
	}
}

static void close_step(struct __test_metadata *_metadata, struct ending *end, enum closed step)
{
	switch (step) {
	case MEMSLOT:
		ASSERT_EQ(0, vm_driver_set_memslot(end->vmd, 1, BASE, 0, NULL, -1, false));
		break;
	case FILE_:
		close(end->gmem_fd);
		break;
	case VM:
		vm_driver_free(end->vmd);
		break;
	default:
		break;
	}
}

/* The guest_memfd works whatever has become of its VM. */
static void use_holder(struct __test_metadata *_metadata, struct ending *end, enum holder holder)
{
	const int punch = FALLOC_FL_KEEP_SIZE | FALLOC_FL_PUNCH_HOLE;

	if (holder != HELD_GMEM)
		return;
	ASSERT_EQ(0, fallocate(end->held_fd, punch, 0, SZ_64K));
	ASSERT_EQ(0, fallocate(end->held_fd, FALLOC_FL_KEEP_SIZE, 0, SZ_8K));
}

static void let_go(struct ending *end)
{
	if (end->held_fd >= 0)
		close(end->held_fd);
	if (end->held_mapping)
		munmap(end->held_mapping, SZ_4K);
	backing_unmap(&end->view);
}

/* What the VM takes can be told, or that it is back would tell nothing. */
static void expect_memory_taken(struct __test_metadata *_metadata, const struct vm_memory *before,
				const struct vm_memory *now, const char *when)
{
	EXPECT_LE(before->page_tables + 3 * SZ_4K, now->page_tables) {
		TH_LOG("Wanted above 0x%llx bytes of page tables at gpa 0x%llx (%s), got 0x%llx",
		       (unsigned long long)before->page_tables, BASE, when,
		       (unsigned long long)now->page_tables);
	}
	EXPECT_GT(before->free_hugepages, now->free_hugepages) {
		TH_LOG("Wanted below %llu free hugepages at gpa 0x%llx (%s), got %llu",
		       (unsigned long long)before->free_hugepages, BASE, when,
		       (unsigned long long)now->free_hugepages);
	}
}

static void try_order(struct __test_metadata *_metadata, const struct order *order,
		      enum holder holder)
{
	const struct vm_memory before = vm_memory_read();
	struct vm_memory now;
	struct ending end;
	size_t i;

	create_ending(_metadata, &end, holder == HELD_MAPPING);
	hold(_metadata, &end, holder);
	now = vm_memory_read();
	expect_memory_taken(_metadata, &before, &now, order->name);
	for (i = 0; i < ARRAY_SIZE(order->step); i++) {
		close_step(_metadata, &end, order->step[i]);
		vm_expect_no_warning(_metadata, BASE, order->name);
	}
	use_holder(_metadata, &end, holder);
	let_go(&end);
	vm_expect_memory_back(_metadata, &before, BASE, order->name);
}

FIXTURE(closed)
{
};

FIXTURE_VARIANT(closed)
{
	enum holder holder;
};

FIXTURE_VARIANT_ADD(closed, while_nobody_holds_any) { .holder = NOBODY };
FIXTURE_VARIANT_ADD(closed, while_guest_memfd_is_held) { .holder = HELD_GMEM };
FIXTURE_VARIANT_ADD(closed, while_guest_memfd_is_mapped) { .holder = HELD_MAPPING };
FIXTURE_VARIANT_ADD(closed, while_vm_is_held) { .holder = HELD_VM };
FIXTURE_VARIANT_ADD(closed, while_vcpu_is_held) { .holder = HELD_VCPU };
FIXTURE_VARIANT_ADD(closed, while_stats_are_held) { .holder = HELD_STATS };
FIXTURE_VARIANT_ADD(closed, while_debugfs_is_read) { .holder = HELD_DEBUGFS };

FIXTURE_SETUP(closed)
{
	if (missing_for_ending())
		SKIP(return, "%s", missing_for_ending());
	if (variant->holder == HELD_MAPPING && vm_driver_missing_gmem_only())
		SKIP(return, "%s", vm_driver_missing_gmem_only());
	kernel_log_start();
}

FIXTURE_TEARDOWN(closed)
{
}

/* All orders where nobody holds anything, else that which leaves the holder alone with it. */
TEST_F(closed, in_any_order)
{
	const size_t nr = variant->holder == NOBODY ? ARRAY_SIZE(order) : 1;
	size_t i;

	for (i = 0; i < nr; i++)
		try_order(_metadata, &order[i], variant->holder);
}

/* A VM whose process is gone, while another one holds its files. */
struct orphan {
	struct __test_metadata *metadata;
	struct vm_memory *used;		/* while its process was there */
	int let_go[2];		/* the holder ends when nobody has the second one open any more */
};

static void hold_files(const struct orphan *orphan)
{
	char byte;

	close(orphan->let_go[1]);
	while (read(orphan->let_go[0], &byte, sizeof(byte)) > 0)
		;
	_exit(0);
}

static void create_and_leave(void *arg)
{
	struct orphan *orphan = arg;
	struct ending end;
	pid_t holder;

	create_ending(orphan->metadata, &end, false);
	*orphan->used = vm_memory_read();
	/* fork() would have it end with this process: end_with_parent(), host/setting.c. */
	holder = syscall(SYS_fork);
	if (!holder)
		hold_files(orphan);
	MUST_HOLD(holder > 0, "Cannot fork");
}

/*
 * Whoever holds the VM's files, its page tables go with the process whose memory they map
 * (kvm_mmu_notifier_release()).
 */
TEST(end_of_process_while_another_holds_vm)
{
	struct orphan orphan = {
		.metadata = _metadata,
		.used = case_child_share(sizeof(*orphan.used)),
	};
	struct vm_memory before;
	char end[64] = "";
	bool ended;

	if (missing_for_ending())
		SKIP(return, "%s", missing_for_ending());

	kernel_log_start();
	ASSERT_EQ(0, pipe(orphan.let_go));
	ASSERT_EQ(0, prctl(PR_SET_CHILD_SUBREAPER, 1));
	before = vm_memory_read();
	ended = case_child_run(create_and_leave, &orphan, CHILD_SECONDS, end, sizeof(end));
	EXPECT_TRUE(ended) {
		TH_LOG("Wanted a VM at gpa 0x%llx (of another process), got %s", BASE, end);
	}
	expect_memory_taken(_metadata, &before, orphan.used, "of another process");
	EXPECT_TRUE(vm_memory_has_vms()) {
		TH_LOG("Wanted a VM at gpa 0x%llx (process gone), got none", BASE);
	}
	vm_expect_page_tables(_metadata, before.page_tables, BASE, "process gone");
	close(orphan.let_go[1]);
	if (ended)
		MUST_HOLD(wait(NULL) > 0, "The VM's holder is gone");
	vm_expect_memory_back(_metadata, &before, BASE, "holder gone");
	munmap(orphan.used, sizeof(*orphan.used));
}

/* A guest_memfd may have any number that a file may have. */
TEST(file_number_0)
{
	struct vm_driver *vmd = vm_driver_create(1);
	int fd, r;

	kernel_log_start();
	close(0);
	fd = vm_driver_try_create_gmem(vmd, SZ_4K, 0);
	EXPECT_EQ(0, fd) {
		TH_LOG("Wanted file 0 at gpa 0x0 (KVM_CREATE_GUEST_MEMFD), got %d", fd);
	}
	r = fallocate(0, FALLOC_FL_KEEP_SIZE, 0, SZ_4K) ? errno : 0;
	EXPECT_EQ(0, r) {
		TH_LOG("Wanted a guest_memfd at gpa 0x0 (file 0), got errno %d", r);
	}
	close(0);
	vm_driver_free(vmd);
	vm_expect_no_warning(_metadata, 0, "file 0");
}

/* What fails last, when all else of the vCPU is there, holds no VM (kvm_vm_ioctl_create_vcpu()). */
TEST(end_after_vcpu_was_refused)
{
	struct vm_memory before;
	struct ending end;
	int r;

	if (missing_for_ending())
		SKIP(return, "%s", missing_for_ending());

	kernel_log_start();
	before = vm_memory_read();
	create_ending(_metadata, &end, false);
	r = vm_driver_create_vcpu_without_file(end.vmd, 1);
	EXPECT_EQ(EMFILE, r) {
		TH_LOG("Wanted EMFILE at gpa 0x%llx (vCPU without a file), got errno %d", BASE, r);
	}
	vm_driver_touch(end.vmd, 0, ACCESS_WRITE, BASE, TAG);
	vm_driver_free(end.vmd);
	close(end.gmem_fd);
	let_go(&end);
	vm_expect_memory_back(_metadata, &before, BASE, "vCPU refused");
}

/* All page tables of a VM are dropped at once, twice, before it ends. */
TEST(end_after_page_tables_were_dropped)
{
	static const struct step change_nx = { .op = STEP_NX_HUGEPAGES };
	const char *missing = missing_for_ending() ? : suite_missing_mode(&change_nx);
	struct vm_memory before;
	struct ending end;

	if (missing)
		SKIP(return, "%s", missing);

	kernel_log_start();
	before = vm_memory_read();
	create_ending(_metadata, &end, false);
	EXPECT_EQ(0, setting_change_for_now(NX_SETTING, "force"));
	EXPECT_EQ(0, setting_change_for_now(NX_SETTING, "off"));
	vm_driver_touch(end.vmd, 0, ACCESS_WRITE, BASE, TAG);
	EXPECT_EQ(0, setting_change_for_now(NX_SETTING, "force"));
	vm_driver_free(end.vmd);
	close(end.gmem_fd);
	let_go(&end);
	setting_restore();
	vm_expect_memory_back(_metadata, &before, BASE, "dropped before the end");
}

int main(int argc, char **argv)
{
	suite_start(BIT(BACKING_ANONYMOUS_HUGETLB_2MB));
	pressure_prepare_slab();
	return suite_harness_run(argc, argv);
}
