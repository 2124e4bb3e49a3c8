// SPDX-License-Identifier: GPL-2.0-only
/*
 * Claim: the guest leaves with KVM_EXIT_MEMORY_FAULT for exactly those pages that are
 * private and have no guest_memfd behind them, with KVM_EXIT_MMIO for exactly those that
 * are shared and in no memslot, or in a read-only one that it writes to, and for no other page,
 * across every mixed boundary.
 *
 * Each case of exits is a scenario: a touch compares exit, flags, gpa and size page by page.
 */
#include <sys/mman.h>
#include <unistd.h>

#include <linux/bits.h>
#include <linux/kernel.h>
#include <linux/kvm.h>
#include <linux/sizes.h>

#include "suite/suite_harness.h"

#include "host/setting.h"
#include "kvm/kernel_log.h"
#include "kvm/kvm_parameter.h"
#include "kvm/plain_vm.h"
#include "kvm/vm_driver.h"
#include "run/scenario_run.h"
#include "suite/scenario_case.h"
#include "suite/suite.h"
#include "suite/vm_expect.h"

SCENARIO_FIXTURE(exits);

#define CASE_2M(_name, ...)	SCENARIO_CASE(exits, _name, BACKING_HUGETLB_2MB, __VA_ARGS__)

/*
 * Pages, each accessed on its own: s shared, P private.
 *
 *	memslot		s s s s s P P P s s s | s s s s		4K leaves of the first 2M, a 2M leaf
 *	without gmem	. . . . . F F F . . . | . . . .		F: KVM_EXIT_MEMORY_FAULT
 *	with gmem	. . . . . . . . . . . | . . . .
 *	no memslot	M M M M M F F F M M M | M M M M		M: KVM_EXIT_MMIO
 */
CASE_2M(shared_pages_never_leave,
	"memslot 1 gpa 16G size 4M backing hugetlb_2mb\n"
	"touch read 16G 4M\n"
	"touch write 16G 4M\n"
	"expect exit none\n"
	"expect 2M x2\n"
	"touch execute 16G 16K\n");

CASE_2M(private_pages_inside_hugepage,
	"memslot 1 gpa 16G size 4M backing hugetlb_2mb\n"
	"convert private 16G+20K 12K\n"
	"touch read 16G 4M\n"
	"expect exit memory_fault x3\n"
	"expect 4K x509 2M x1\n"
	"touch write 16G 4M\n"
	"touch execute 16G+16K 20K\n"
	"expect 4K x509 2M x1\n");

CASE_2M(private_pages_straddle_hugepages,
	"memslot 1 gpa 16G size 6M backing hugetlb_2mb\n"
	"convert private 16G+2M-8K 16K\n"
	"convert private 16G+4M 4K\n"
	"touch write 16G 6M\n"
	"expect exit memory_fault x5\n"
	"expect 4K x1531\n"
	"touch read 16G 6M\n"
	"expect 4K x1531\n");

CASE_2M(all_pages_private_but_one,
	"memslot 1 gpa 16G size 2M backing hugetlb_2mb\n"
	"convert private 16G 1M\n"
	"convert private 16G+1M+4K 1M-4K\n"
	"touch read 16G 2M\n"
	"expect exit memory_fault x511\n"
	"expect 4K x1\n"
	"convert shared 16G 2M\n"
	"touch read 16G 2M\n"
	"expect 2M x1\n");

CASE_2M(every_other_page_private,
	"memslot 1 gpa 16G size 2M backing hugetlb_2mb\n"
	"convert private 16G+4K 4K\n"
	"convert private 16G+12K 4K\n"
	"convert private 16G+20K 4K\n"
	"convert private 16G+28K 4K\n"
	"touch read 16G 40K\n"
	"expect exit memory_fault x4\n"
	"expect 4K x6\n"
	"touch write 16G 40K\n"
	"expect 4K x6\n");

/* The page was mapped as shared memory: it must not stay so. */
CASE_2M(page_mapped_before_it_became_private,
	"memslot 1 gpa 16G size 4M backing hugetlb_2mb\n"
	"touch write 16G 4M\n"
	"convert private 16G+20K 4K\n"
	"touch read 16G+20K 4K\n"
	"expect exit memory_fault\n"
	"expect 2M x1\n"
	"touch read 16G 2M\n"
	"touch read 16G+20K 4K\n"
	"convert shared 16G+20K 4K\n"
	"touch read 16G+20K 4K\n"
	"expect 2M x2\n");

CASE_2M(small_pages_mapped_before_they_became_private,
	"memslot 1 gpa 16G size 64K backing anonymous\n"
	"touch write 16G 64K\n"
	"convert private 16G+20K 8K\n"
	"touch read 16G 64K\n"
	"expect exit memory_fault x2\n"
	"expect 4K x14\n"
	"touch write 16G 64K\n"
	"expect 4K x14\n");

CASE_2M(guest_memfd_in_one_memslot_only,
	"memslot 1 gpa 16G size 2M backing hugetlb_2mb guest_memfd\n"
	"memslot 2 gpa 16G+2M size 2M hva 2M backing hugetlb_2mb\n"
	"convert private 16G+2M-8K 16K\n"
	"touch write 16G+2M-16K 32K\n"
	"expect exit memory_fault x2\n"
	"expect 4K x6\n"
	"touch read 16G+2M-16K 32K\n"
	"convert shared 16G+2M-8K 16K\n"
	"touch read 16G+2M-16K 32K\n"
	"expect 2M x2\n");

CASE_2M(memslot_deleted,
	"memslot 1 gpa 16G size 2M backing hugetlb_2mb guest_memfd\n"
	"convert private 16G+8K 8K\n"
	"touch write 16G 32K\n"
	"expect 4K x8\n"
	"delete 1\n"
	"touch read 16G 32K\n"
	"expect exit memory_fault x2\n"
	"expect exit mmio x6\n"
	"touch write 16G 32K\n"
	"memslot 1 gpa 16G size 2M backing hugetlb_2mb\n"
	"touch read 16G 32K\n"
	"expect 4K x6\n");

/* Private first: see stale_mmio in lib/kvm/known_bug.c for the other order. */
CASE_2M(no_memslot,
	"convert private 16G+4K 8K\n"
	"touch read 16G 16K\n"
	"expect exit memory_fault x2\n"
	"expect exit mmio x2\n"
	"touch write 16G 16K\n"
	"convert shared 16G 16K\n"
	"touch read 16G 16K\n"
	"expect no leaf\n");

CASE_2M(gap_between_memslots,
	"memslot 1 gpa 16G size 2M backing hugetlb_2mb\n"
	"memslot 2 gpa 16G+2M+16K size 2M backing hugetlb_2mb\n"
	"convert private 16G+2M-4K 12K\n"
	"touch read 16G+2M-8K 32K\n"
	"expect exit memory_fault x3\n"
	"expect exit mmio x2\n"
	"expect 4K x3\n"
	"touch write 16G+2M-8K 32K\n"
	"expect 4K x3\n");

/* KVM_PRE_FAULT_MEMORY stops at the same pages. */
CASE_2M(prefault_stops_at_private_page,
	"memslot 1 gpa 16G size 4M backing hugetlb_2mb\n"
	"convert private 16G+20K 4K\n"
	"prefault 16G 2M\n"
	"expect 4K x5\n"
	"prefault 16G+20K 4K\n"
	"prefault 16G+24K 4K\n"
	"expect 4K x6\n");

CASE_2M(prefault_stops_behind_memslot,
	"memslot 1 gpa 16G size 2M backing hugetlb_2mb\n"
	"prefault 16G 4M\n"
	"prefault 16G+2M 4K\n"
	"expect 2M x1\n");

TEST_F(exits, as_written)
{
	scenario_case_run(_metadata, variant->scenario, self->name, false);
}

/* Implicit conversion: the guest touches private pages and is given shared ones. */

#define IMPLICIT_GPA	(16ull * SZ_1G)
#define IMPLICIT_PAGES	16
#define IS_PRIVATE(page) ((page) % 3 == 1)

struct implicit {
	struct vm_driver *vmd;
	u64 nr_faults;
	u64 gpa[IMPLICIT_PAGES];
};

static void convert_what_faulted(void *arg, const struct guest_access *fault)
{
	struct implicit *implicit = arg;

	if (implicit->nr_faults < IMPLICIT_PAGES)
		implicit->gpa[implicit->nr_faults] = fault->gpa;
	implicit->nr_faults++;
	vm_driver_convert(implicit->vmd, fault->gpa, fault->size, false);
}

/* What the model has to know of all that: faults, conversions and retries, page by page. */
static void model_retry(struct mapping_model *model)
{
	u64 gfn = IMPLICIT_GPA >> GFN_SHIFT;
	u64 page;

	for (page = 0; page < IMPLICIT_PAGES; page++) {
		if (IS_PRIVATE(page))
			mapping_model_convert(model, gfn + page, gfn + page + 1, false);
		mapping_model_access(model, gfn + page, ACCESS_READ);
	}
}

/* Write all pages while they are shared, then make some private. */
static bool set_up_implicit(struct scenario_run *run)
{
	struct step step = {
		.op = STEP_MEMSLOT,
		.slot = 1,
		.gpa = IMPLICIT_GPA,
		.size = SZ_2M,
		.backing = BACKING_HUGETLB_2MB,
	};
	u64 page;

	if (!scenario_run_step(run, &step))
		return false;
	step = (struct step) { .op = STEP_TOUCH, .access = ACCESS_WRITE, .gpa = IMPLICIT_GPA,
			       .size = IMPLICIT_PAGES * SZ_4K };
	if (!scenario_run_step(run, &step))
		return false;

	for (page = 0; page < IMPLICIT_PAGES; page++) {
		step = (struct step) { .op = STEP_CONVERT, .gpa = IMPLICIT_GPA + page * SZ_4K,
				       .size = SZ_4K, .private = true };
		if (IS_PRIVATE(page) && !scenario_run_step(run, &step))
			return false;
	}
	return true;
}

TEST(implicit_conversion_by_retry)
{
	struct scenario_run *run = scenario_run_start("implicit_conversion", suite_traits());
	struct implicit implicit = { .vmd = run->vmd };
	struct guest_access result[IMPLICIT_PAGES];
	const struct guest_request request = {
		.op = GUEST_ACCESS,
		.access = ACCESS_READ,
		.gpa = IMPLICIT_GPA,
		.npages = IMPLICIT_PAGES,
	};
	const struct step touch = {
		.op = STEP_TOUCH,
		.gpa = IMPLICIT_GPA,
		.size = IMPLICIT_PAGES * SZ_4K,
	};
	const struct model_slot *slot;
	u64 page, nr_private = 0;

	ASSERT_TRUE(set_up_implicit(run));
	vm_driver_guest_retry(run->vmd, 0, &request, result, convert_what_faulted, &implicit);
	model_retry(run->model);

	slot = mapping_model_slot(run->model, 1);
	for (page = 0; page < IMPLICIT_PAGES; page++) {
		if (IS_PRIVATE(page)) {
			EXPECT_EQ(IMPLICIT_GPA + page * SZ_4K, implicit.gpa[nr_private]) {
				TH_LOG("Wanted a fault at gpa 0x%llx (number %llu), got 0x%llx",
				       IMPLICIT_GPA + page * SZ_4K, (unsigned long long)nr_private,
				       (unsigned long long)implicit.gpa[nr_private]);
			}
			nr_private++;
		}
		vm_expect_content(_metadata,
				  mapping_model_tag(run->model, slot, slot->base_gfn + page),
				  result[page].value, IMPLICIT_GPA + page * SZ_4K,
				  "shared, after the retry");
	}
	EXPECT_EQ(nr_private, implicit.nr_faults) {
		TH_LOG("Wanted %llu faults at gpa 0x%llx (implicit conversion), got %llu",
		       (unsigned long long)nr_private, IMPLICIT_GPA,
		       (unsigned long long)implicit.nr_faults);
	}

	/* All is shared again, so the hugepage may be mapped as one. */
	if (scenario_run_step(run, &touch))
		scenario_run_read_out(run);
	EXPECT_TRUE(suite_passed(scenario_run_end(run), "global.implicit_conversion_by_retry"));
	scenario_run_free(run);
}

#define CLOSED_GPA	(16ull * SZ_1G)
#define CLOSED_TAG	0xc105edc105ed0001ull

/* Private memory is gone with the file: the exit says where all the same, on each access. */
TEST(guest_memfd_that_was_closed)
{
	struct guest_access got;
	struct plain_vm vm;
	int times;

	plain_vm_create(&vm, BACKING_HUGETLB_2MB, SZ_2M, SZ_2M);
	*(u64 *)vm.view.base = CLOSED_TAG;
	ASSERT_EQ(0, plain_vm_add_memslot(&vm, CLOSED_GPA, SZ_2M));
	ASSERT_EQ(0, vm_driver_convert(vm.vmd, CLOSED_GPA + SZ_4K, SZ_4K, true));
	got = vm_driver_touch(vm.vmd, 0, ACCESS_WRITE, CLOSED_GPA + SZ_4K, CLOSED_TAG);
	vm_expect_end(_metadata, ACCESS_DONE, got.end, CLOSED_GPA + SZ_4K, "open");
	close(vm.gmem_fd);
	vm.gmem_fd = -1;
	for (times = 0; times < 2; times++) {
		got = vm_driver_touch(vm.vmd, 0, ACCESS_READ, CLOSED_GPA + SZ_4K, 0);
		vm_expect_end(_metadata, ACCESS_MEMORY_FAULT, got.end, CLOSED_GPA + SZ_4K,
			      "closed");
		vm_expect_exit_gpa(_metadata, CLOSED_GPA + SZ_4K, got.gpa, "closed");
		EXPECT_TRUE(got.size == SZ_4K && got.flags == KVM_MEMORY_EXIT_FLAG_PRIVATE) {
			TH_LOG("Wanted a private page at gpa 0x%llx (closed), got 0x%llx, 0x%llx",
			       CLOSED_GPA + SZ_4K, (unsigned long long)got.size,
			       (unsigned long long)got.flags);
		}
		got = vm_driver_touch(vm.vmd, 0, ACCESS_READ, CLOSED_GPA, 0);
		vm_expect_content(_metadata, CLOSED_TAG, got.value, CLOSED_GPA, "shared page");
	}
	plain_vm_free(&vm);
	vm_expect_no_warning(_metadata, CLOSED_GPA, "after the VM");
}

/* A memslot that the guest may only read: a write to a shared page is one to a device. */

#define READ_ONLY_GPA	(16ull * SZ_1G)

/* More than the lower bits of a generation of memslots can count. */
#define NR_CHANGES	200
#define READ_ONLY_TAG	0x0e0d0c0b0a090807ull

FIXTURE(read_only_memslot)
{
	struct plain_vm vm;
};

FIXTURE_SETUP(read_only_memslot)
{
	u64 page;

	plain_vm_create(&self->vm, BACKING_HUGETLB_2MB, SZ_2M, SZ_2M);
	for (page = 0; page < SZ_2M / SZ_4K; page++)
		*(u64 *)(self->vm.view.base + page * SZ_4K) = READ_ONLY_TAG + page;
	ASSERT_EQ(0, vm_driver_set_read_only_memslot(self->vm.vmd, 1, READ_ONLY_GPA, SZ_2M,
						     self->vm.view.base));
}

FIXTURE_TEARDOWN(read_only_memslot)
{
	plain_vm_free(&self->vm);
	vm_expect_no_warning(_metadata, READ_ONLY_GPA, "after the VM");
}

/* Read and write page @page, which is @private or not; what the host has there stays as it is. */
static void access_read_only(struct __test_metadata *_metadata,
			     FIXTURE_DATA(read_only_memslot) * self, u64 page, bool private,
			     const char *when)
{
	const u64 gpa = READ_ONLY_GPA + page * SZ_4K, tag = READ_ONLY_TAG + page;
	struct guest_access got;

	got = vm_driver_touch(self->vm.vmd, 0, ACCESS_READ, gpa, 0);
	vm_expect_end(_metadata, private ? ACCESS_MEMORY_FAULT : ACCESS_DONE, got.end, gpa, when);
	if (!private)
		vm_expect_content(_metadata, tag, got.value, gpa, when);

	got = vm_driver_touch(self->vm.vmd, 0, ACCESS_WRITE, gpa, ~tag);
	vm_expect_end(_metadata, private ? ACCESS_MEMORY_FAULT : ACCESS_MMIO, got.end, gpa, when);
	vm_expect_exit_gpa(_metadata, gpa, got.gpa, when);
	EXPECT_EQ(!private, got.is_write) {
		TH_LOG("Wanted is_write %d at gpa 0x%llx (%s), got %d", !private,
		       (unsigned long long)gpa, when, got.is_write);
	}
	vm_expect_content(_metadata, tag, *(u64 *)(self->vm.view.base + page * SZ_4K), gpa, when);
}

static void expect_read_only_leaves(struct __test_metadata *_metadata,
				    FIXTURE_DATA(read_only_memslot) * self, enum level level,
				    const char *when)
{
	vm_expect_leaves_of(_metadata, self->vm.vmd, level, 1, READ_ONLY_GPA, when);
}

TEST_F(read_only_memslot, mixed_and_uniform_again)
{
	const u64 private_gpa = READ_ONLY_GPA + SZ_4K;

	if (suite_missing_huge_again())
		SKIP(return, "%s", suite_missing_huge_again());

	access_read_only(_metadata, self, 0, false, "uniform");
	expect_read_only_leaves(_metadata, self, LEVEL_2M, "uniform");

	ASSERT_EQ(0, vm_driver_convert(self->vm.vmd, private_gpa, SZ_4K, true));
	access_read_only(_metadata, self, 0, false, "mixed");
	access_read_only(_metadata, self, 1, true, "mixed");
	expect_read_only_leaves(_metadata, self, LEVEL_4K, "mixed");

	ASSERT_EQ(0, vm_driver_convert(self->vm.vmd, private_gpa, SZ_4K, false));
	access_read_only(_metadata, self, 1, false, "uniform again");
	expect_read_only_leaves(_metadata, self, LEVEL_2M, "uniform again");
}

/* The attributes were there first. */
TEST_F(read_only_memslot, created_over_attributes)
{
	ASSERT_EQ(0, vm_driver_set_memslot(self->vm.vmd, 1, 0, 0, NULL, -1, false));
	ASSERT_EQ(0, vm_driver_convert(self->vm.vmd, READ_ONLY_GPA + SZ_2M - SZ_4K, SZ_4K, true));
	ASSERT_EQ(0, vm_driver_set_read_only_memslot(self->vm.vmd, 1, READ_ONLY_GPA, SZ_2M,
						     self->vm.view.base));
	access_read_only(_metadata, self, 0, false, "mixed");
	access_read_only(_metadata, self, SZ_2M / SZ_4K - 1, true, "mixed");
	expect_read_only_leaves(_metadata, self, LEVEL_4K, "mixed");
}

/* A memslot comes and goes, @nr times. */
static void change_memslots(struct __test_metadata *_metadata, struct vm_driver *vmd, void *hva,
			    unsigned int nr)
{
	for (; nr; nr--) {
		ASSERT_EQ(0, vm_driver_set_memslot(vmd, 1, READ_ONLY_GPA, SZ_4K, hva, -1, false));
		ASSERT_EQ(0, vm_driver_set_memslot(vmd, 1, READ_ONLY_GPA, 0, NULL, -1, false));
	}
}

#define MISSING_CACHING	"kvm.mmio_caching"

static bool mmio_is_cached(void)
{
	char caching[8];

	return !setting_read(MMIO_CACHING_SETTING, caching, sizeof(caching)) && *caching == 'Y';
}

/*
 * KVM remembers that there is no memslot, until memslots change (get_mmio_spte_generation()); that
 * it does so any longer shows by no fault being counted, unlike for a page that is not known.
 */
TEST(mmio_is_remembered_after_many_changes)
{
	const u64 gpa[] = { READ_ONLY_GPA + SZ_1G, READ_ONLY_GPA + SZ_1G + SZ_64K };
	struct vm_driver *vmd;
	unsigned int i;
	u64 before;
	void *hva;

	if (!mmio_is_cached())
		SKIP(return, MISSING_CACHING);

	kernel_log_start();
	vmd = vm_driver_create(1);
	hva = mmap(NULL, SZ_4K, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, hva);
	change_memslots(_metadata, vmd, hva, NR_CHANGES);
	for (i = 0; i < ARRAY_SIZE(gpa); i++)
		vm_driver_touch(vmd, 0, ACCESS_READ, gpa[i], 0);

	before = vm_driver_faults(vmd, 0);
	/* In turn, as what was last is remembered in another place, too. */
	for (i = 0; i < 3 * ARRAY_SIZE(gpa); i++)
		vm_expect_end(_metadata, ACCESS_MMIO,
			      vm_driver_touch(vmd, 0, ACCESS_READ, gpa[i % 2], 0).end, gpa[i % 2],
			      "no memslot");
	EXPECT_EQ(before, vm_driver_faults(vmd, 0)) {
		TH_LOG("Wanted no fault at gpa 0x%llx (no memslot, touched before), got %llu",
		       (unsigned long long)gpa[0],
		       (unsigned long long)vm_driver_faults(vmd, 0) - before);
	}
	vm_driver_free(vmd);
	munmap(hva, SZ_4K);
	vm_expect_no_warning(_metadata, gpa[0], "after the VM");
}

/*
 * An access to no memslot is a fault that KVM emulates, one that is remembered is emulated without
 * (kvm_mmu_page_fault()).
 */
TEST(mmio_is_an_emulated_fault_once)
{
	const u64 gpa[] = { READ_ONLY_GPA + SZ_1G, READ_ONLY_GPA + SZ_1G + SZ_64K };
	struct vm_driver *vmd;
	unsigned int i;
	u64 before;

	if (!mmio_is_cached())
		SKIP(return, MISSING_CACHING);

	kernel_log_start();
	vmd = vm_driver_create(1);
	before = vm_driver_emulated_faults(vmd, 0);
	for (i = 0; i < 3 * ARRAY_SIZE(gpa); i++) {
		const u64 wanted = i ? ARRAY_SIZE(gpa) : 1;
		u64 got;

		vm_driver_touch(vmd, 0, ACCESS_READ, gpa[i % 2], 0);
		got = vm_driver_emulated_faults(vmd, 0) - before;
		EXPECT_EQ(wanted, got) {
			TH_LOG("Wanted %llu emulated faults at gpa 0x%llx (access %u), got %llu",
			       (unsigned long long)wanted, (unsigned long long)gpa[i % 2], i + 1,
			       (unsigned long long)got);
		}
	}
	vm_driver_free(vmd);
	vm_expect_no_warning(_metadata, gpa[0], "after the VM");
}

/*
 * Memslots have another generation after each change, and what is remembered has but some of its
 * bits: it must not come true again when these do.  A memslot that comes and goes is three changes.
 */
#define NR_GENERATIONS	256

TEST(mmio_is_forgotten_after_many_changes)
{
	const u64 gpa = READ_ONLY_GPA + SZ_1G;
	struct vm_driver *vmd;
	struct guest_access got;
	void *hva;

	kernel_log_start();
	vmd = vm_driver_create(1);
	hva = mmap(NULL, SZ_4K, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, hva);
	*(u64 *)hva = READ_ONLY_TAG;
	got = vm_driver_touch(vmd, 0, ACCESS_READ, gpa, 0);
	vm_expect_end(_metadata, ACCESS_MMIO, got.end, gpa, "no memslot");
	/* What the vCPU remembers of its last access is not meant. */
	vm_driver_touch(vmd, 0, ACCESS_READ, gpa + SZ_64K, 0);
	change_memslots(_metadata, vmd, hva, NR_GENERATIONS / 3);
	ASSERT_EQ(0, vm_driver_set_memslot(vmd, 1, gpa, SZ_4K, hva, -1, false));
	got = vm_driver_touch(vmd, 0, ACCESS_READ, gpa, 0);
	vm_expect_end(_metadata, ACCESS_DONE, got.end, gpa, "memslot, 256 changes later");
	vm_driver_free(vmd);
	munmap(hva, SZ_4K);
	vm_expect_no_warning(_metadata, gpa, "after the VM");
}

static void expect_fixed(struct __test_metadata *_metadata, struct vm_driver *vmd, u64 wanted,
			 u64 gpa, const char *when)
{
	const u64 got = vm_driver_fixed_faults(vmd, 0);

	EXPECT_EQ(wanted, got) {
		TH_LOG("Wanted %llu faults in all at gpa 0x%llx (%s), got %llu",
		       (unsigned long long)wanted, (unsigned long long)gpa, when,
		       (unsigned long long)got);
	}
}

/* The guest has no fault where KVM was asked for the leaf: kvm_tdp_page_prefault(). */
TEST(prefault_counts_as_no_fault)
{
	const u64 gpa = READ_ONLY_GPA, next = gpa + SZ_2M;
	struct plain_vm vm;
	u64 fixed, stopped;

	if (!vm_driver_has_prefault())
		SKIP(return, "KVM_PRE_FAULT_MEMORY");

	plain_vm_create(&vm, BACKING_HUGETLB_2MB, SZ_4M, SZ_4M);
	ASSERT_EQ(0, plain_vm_add_memslot(&vm, gpa, SZ_4M));
	fixed = vm_driver_fixed_faults(vm.vmd, 0);
	ASSERT_EQ(0, vm_driver_prefault(vm.vmd, gpa, SZ_2M, &stopped));
	vm_driver_touch(vm.vmd, 0, ACCESS_READ, gpa, 0);
	expect_fixed(_metadata, vm.vmd, fixed, gpa, "pre-faulted");
	vm_driver_touch(vm.vmd, 0, ACCESS_READ, next, 0);
	expect_fixed(_metadata, vm.vmd, fixed + 1, next, "touched");
	plain_vm_free(&vm);
	vm_expect_no_warning(_metadata, gpa, "after the VM");
}

int main(int argc, char **argv)
{
	suite_start(BIT(BACKING_HUGETLB_2MB));
	return suite_harness_run(argc, argv);
}
