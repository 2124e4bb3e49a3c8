// SPDX-License-Identifier: GPL-2.0-only
/*
 * Claim: when KVM drops all page tables of a VM at once, as it does whenever kvm.nx_huge_pages
 * changes, no leaf of the old ones stays, and every vCPU goes on with new ones, whatever it does
 * first, or was doing just then: nothing hangs, levels and contents are those that attributes and
 * memory allow.
 *
 * KVM only marks the roots as obsolete (kvm_mmu_zap_all_fast()); each vCPU has to notice by itself,
 * before it runs, pre-faults, or installs what it began to look up with the old root.
 */
#include <errno.h>
#include <pthread.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <linux/bits.h>
#include <linux/sizes.h>

#include "suite/suite_harness.h"

#include "host/background.h"
#include "host/backing.h"
#include "host/setting.h"
#include "host/stalled_memory.h"
#include "kvm/kernel_log.h"
#include "kvm/known_bug.h"
#include "kvm/nx_mitigation.h"
#include "kvm/stalled_vm.h"
#include "kvm/vm_driver.h"
#include "scenario/scenario.h"
#include "suite/suite.h"
#include "suite/vm_deadline.h"
#include "suite/vm_expect.h"

#define BASE		(16ull * SZ_1G)
#define NR_VCPUS	2

/* The first hugepage is uniform, of the second just this page is private. */
#define SIZE		((u64)SZ_4M)
#define PRIVATE_GPA	(BASE + SZ_2M + 5 * SZ_4K)

#define TAG		0x2a9a110000000001ull

/* What this program does to drop all page tables. */
static const struct step change_nx = { .op = STEP_NX_HUGEPAGES };

/* Drop all page tables @times times. */
static void zap_all(struct __test_metadata *_metadata, unsigned int times)
{
	while (times--)
		ASSERT_EQ(0, nx_mitigation_change());
}

/* Leaves that libkvm's own memslot has lost come back: the others are compared with what was. */
static void restore_own_leaves(struct vm_driver *vmd)
{
	unsigned int i;

	/* Up to 6.14 a pre-fault does not notice that roots are obsolete. */
	for (i = 0; i < NR_VCPUS; i++)
		vm_driver_touch(vmd, i, ACCESS_READ, BASE + SIZE, 0);
	vm_driver_own_memory_moved(vmd);
}

FIXTURE(zapped)
{
	struct vm_driver *vmd;
	struct backing_view view;
	int gmem_fd;
	unsigned int vcpu;
	u64 gpa;
};

FIXTURE_SETUP(zapped)
{
	if (suite_missing_mode(&change_nx))
		SKIP(return, "%s", suite_missing_mode(&change_nx));

	kernel_log_start();
	self->vmd = vm_driver_create(NR_VCPUS);
	backing_map(&self->view, BACKING_HUGETLB_2MB, 0, SIZE);
	self->gmem_fd = vm_driver_create_gmem(self->vmd, SIZE);
	ASSERT_EQ(0, vm_driver_set_memslot(self->vmd, 1, BASE, SIZE, self->view.base,
					   self->gmem_fd, false));
	ASSERT_EQ(0, vm_driver_convert(self->vmd, PRIVATE_GPA, SZ_4K, true));
}

FIXTURE_TEARDOWN(zapped)
{
	vm_driver_free(self->vmd);
	close(self->gmem_fd);
	backing_unmap(&self->view);
	vm_expect_no_warning(_metadata, BASE, "after the VM");
	setting_restore();
}

static int prefault(void *arg)
{
	FIXTURE_DATA(zapped) * self = arg;
	u64 stopped;

	return vm_driver_prefault_by(self->vmd, self->vcpu, self->gpa, SZ_4K, &stopped);
}

static int read_page(void *arg)
{
	FIXTURE_DATA(zapped) * self = arg;

	vm_driver_touch(self->vmd, self->vcpu, ACCESS_READ, self->gpa, 0);
	return 0;
}

static int convert_and_prefault(void *arg)
{
	FIXTURE_DATA(zapped) * self = arg;

	return vm_driver_convert(self->vmd, self->gpa, SZ_4K, true) ? :
	       vm_driver_convert(self->vmd, self->gpa, SZ_4K, self->gpa == PRIVATE_GPA) ? :
	       prefault(arg);
}

static int replace_memslot_and_prefault(void *arg)
{
	FIXTURE_DATA(zapped) * self = arg;

	return vm_driver_set_memslot(self->vmd, 1, BASE, 0, NULL, -1, false) ? :
	       vm_driver_set_memslot(self->vmd, 1, BASE, SIZE, self->view.base, self->gmem_fd,
				     false) ? :
	       prefault(arg);
}

struct first_call {
	const char *name;
	int (*call)(void *arg);
	unsigned int vcpu;
	unsigned int times;		/* that everything is dropped before it */
	bool prefaults;
};

/* Whatever a vCPU does first.  Each meets pages of both kinds, and is the first of both vCPUs. */
static const struct first_call first_call[] = {
	{ "pre-fault", prefault, 0, 1, true },
	{ "pre-fault by another vCPU", prefault, 1, 1, true },
	{ "pre-fault after two changes", prefault, 0, 2, true },
	{ "access", read_page, 0, 1, false },
	{ "access by another vCPU", read_page, 1, 1, false },
	{ "access after two changes", read_page, 0, 2, false },
	{ "conversion and pre-fault", convert_and_prefault, 0, 1, true },
	{ "conversion and pre-fault by another vCPU", convert_and_prefault, 1, 1, true },
	{ "other memslot and pre-fault", replace_memslot_and_prefault, 0, 1, true },
};

/* Both pages are mapped and hold their tags; nothing else is mapped. */
static void expect_pages(struct __test_metadata *_metadata, FIXTURE_DATA(zapped) * self,
			 const char *when)
{
	const u64 wanted[NR_LEVELS] = { [LEVEL_2M] = 1, [LEVEL_4K] = 1 };
	struct guest_access got;

	got = vm_driver_touch(self->vmd, 0, ACCESS_READ, BASE, 0);
	vm_expect_content(_metadata, TAG, got.value, BASE, when);
	got = vm_driver_touch(self->vmd, 1, ACCESS_READ, PRIVATE_GPA, 0);
	vm_expect_content(_metadata, ~TAG, got.value, PRIVATE_GPA, when);
	vm_expect_leaves(_metadata, self->vmd, wanted, BASE, when);
}

static void write_pages(FIXTURE_DATA(zapped) * self)
{
	vm_driver_touch(self->vmd, 0, ACCESS_WRITE, BASE, TAG);
	vm_driver_touch(self->vmd, 1, ACCESS_WRITE, PRIVATE_GPA, ~TAG);
}

/* At @gpa: the first page of a uniform hugepage, or the private one of a mixed hugepage. */
static void try_first_call(struct __test_metadata *_metadata, FIXTURE_DATA(zapped) * self,
			   const struct first_call *first, u64 gpa)
{
	struct background background;
	int r;

	write_pages(self);
	expect_pages(_metadata, self, "before everything is dropped");
	zap_all(_metadata, first->times);
	self->vcpu = first->vcpu;
	self->gpa = gpa;
	background_start(&background, first->call, self);
	if (first->prefaults)
		vm_may_never_end(_metadata, &background, PREFAULT_SPINS_ON_OBSOLETE_ROOT);
	r = vm_expect_end_in_time(_metadata, &background, "KVM_RUN or KVM_PRE_FAULT_MEMORY", gpa,
				  first->name);
	EXPECT_EQ(0, r) {
		TH_LOG("Wanted success at gpa 0x%llx (%s), got %s", (unsigned long long)gpa,
		       first->name, strerror(r));
	}
	restore_own_leaves(self->vmd);
	expect_pages(_metadata, self, first->name);
	vm_expect_no_warning(_metadata, gpa, first->name);
}

TEST_F(zapped, first_call_finds_new_page_tables)
{
	size_t i;

	if (suite_missing_huge_again())
		SKIP(return, "%s", suite_missing_huge_again());

	for (i = 0; i < ARRAY_SIZE(first_call) && __test_passed(_metadata); i++) {
		if (first_call[i].prefaults && !vm_driver_has_prefault()) {
			TH_LOG("left out: %s, KVM_PRE_FAULT_MEMORY", first_call[i].name);
			continue;
		}
		try_first_call(_metadata, self, &first_call[i], BASE);
		try_first_call(_metadata, self, &first_call[i], PRIVATE_GPA);
	}
}

/* A vCPU is held in its fault by userfaultfd while everything is dropped. */
FIXTURE(held)
{
	struct stalled_vm vm;
	enum access access;
};

FIXTURE_VARIANT(held)
{
	const char *name;
	enum access access;
	bool prefaults;
	unsigned int times;
};

#define HELD(_name, ...) FIXTURE_VARIANT_ADD(held, _name) { .name = #_name, ##__VA_ARGS__ }

HELD(read, .access = ACCESS_READ, .times = 1);
HELD(write, .access = ACCESS_WRITE, .times = 1);
HELD(read_while_dropped_twice, .access = ACCESS_READ, .times = 2);
HELD(write_while_dropped_twice, .access = ACCESS_WRITE, .times = 2);
HELD(prefault, .prefaults = true, .times = 1);

/* Time of a CPU, which nobody else can take: a correct kernel needs a few milliseconds of it. */
#define SPIN_MS		200

#define HELD_OFFSET	(5ull * SZ_4K)
#define HELD_GPA	(BASE + HELD_OFFSET)

FIXTURE_SETUP(held)
{
	const char *missing;

	if (variant->prefaults && !vm_driver_has_prefault())
		SKIP(return, "KVM_PRE_FAULT_MEMORY");
	missing = suite_missing_mode(&change_nx) ? :
		  stalled_vm_create(&self->vm, NR_VCPUS, BASE, SIZE);
	if (missing)
		SKIP(return, "%s", missing);
	self->access = variant->access;
}

FIXTURE_TEARDOWN(held)
{
	stalled_vm_free(&self->vm);
	vm_expect_no_warning(_metadata, BASE, "after the VM");
	setting_restore();
}

static int prefault_held_page(void *arg)
{
	FIXTURE_DATA(held) * self = arg;
	u64 stopped;

	return vm_driver_prefault(self->vm.vmd, HELD_GPA, SZ_4K, &stopped);
}

static u64 cpu_ms(struct background *background)
{
	struct timespec time;
	clockid_t clock;

	if (pthread_getcpuclockid(background->thread, &clock) || clock_gettime(clock, &time))
		return 0;
	return time.tv_sec * 1000ull + time.tv_nsec / 1000000;
}

/* If so, a signal ends it, so that the VM can be looked at; the pre-fault is then made again. */
static bool spins(struct background *background)
{
	const u64 limit = cpu_ms(background) + slow_machine_seconds(1) * SPIN_MS;

	while (!background_ends_within(background, 1) && cpu_ms(background) < limit)
		;
	if (background_ends_within(background, 0))
		return false;

	background_interrupt(background);
	return true;
}

static int touch_held_page(void *arg)
{
	FIXTURE_DATA(held) * self = arg;

	vm_driver_touch(self->vm.vmd, 0, self->access, HELD_GPA, ~TAG);
	return 0;
}

TEST_F(held, leaves_nothing_behind)
{
	const u64 content = variant->prefaults || variant->access == ACCESS_READ ? TAG : ~TAG;
	struct background background;
	struct guest_access got;
	bool spinning;

	background_start(&background, variant->prefaults ? prefault_held_page : touch_held_page,
			 self);
	ASSERT_TRUE(stalled_memory_holds(&self->vm.memory, HELD_OFFSET,
					 slow_machine_seconds(10) * 1000));
	zap_all(_metadata, variant->times);
	ASSERT_EQ(0, stalled_memory_provide(&self->vm.memory, HELD_OFFSET, TAG));
	spinning = variant->prefaults && spins(&background);
	if (variant->prefaults)
		vm_may_never_end(_metadata, &background, PREFAULT_SPINS_ON_OBSOLETE_ROOT);
	EXPECT_EQ(0, vm_expect_end_in_time(_metadata, &background,
					   variant->prefaults ? "KVM_PRE_FAULT_MEMORY" : "KVM_RUN",
					   HELD_GPA, variant->name));
	restore_own_leaves(self->vm.vmd);
	vm_expect_leaves_of(_metadata, self->vm.vmd, LEVEL_4K, 1, HELD_GPA, variant->name);
	got = vm_driver_touch(self->vm.vmd, 1, ACCESS_READ, HELD_GPA, 0);
	vm_expect_content(_metadata, content, got.value, HELD_GPA, variant->name);

	/* The one leaf there is can be found, and zapped. */
	ASSERT_EQ(0, vm_driver_convert(self->vm.vmd, BASE, SIZE, true));
	vm_expect_leaves_of(_metadata, self->vm.vmd, LEVEL_4K, 0, HELD_GPA, "converted");
	vm_expect_no_warning(_metadata, HELD_GPA, variant->name);

	if (spinning && known_bug_expected(PREFAULT_SPINS))
		SUITE_XFAIL(return, known_bug(PREFAULT_SPINS)->reason);
	EXPECT_FALSE(spinning) {
		TH_LOG("Wanted an end of KVM_PRE_FAULT_MEMORY at gpa 0x%llx (%s), got a spin",
		       HELD_GPA, variant->name);
	}
	if (variant->prefaults && known_bug_expected(PREFAULT_SPINS))
		SUITE_XPASS(return, known_bug(PREFAULT_SPINS)->reason);
}

/* Two vCPUs that fault all the time, while everything is dropped and pages are converted. */
#define NR_ROUNDS	12
#define BATCH		16

struct worker {
	FIXTURE_DATA(zapped) * zapped;
	unsigned int vcpu;
	u64 faults;		/* of its vCPU, before */
	bool stop;
};

/* Write to the first pages of one hugepage, whatever they are. */
static int write_all_the_time(void *arg)
{
	struct worker *worker = arg;
	const struct guest_request request = {
		.op = GUEST_ACCESS, .access = ACCESS_WRITE, .npages = BATCH, .tag = TAG,
		.gpa = BASE + worker->vcpu * (u64)SZ_2M,
	};
	struct guest_access result[BATCH];

	while (!__atomic_load_n(&worker->stop, __ATOMIC_SEQ_CST))
		vm_driver_guest(worker->zapped->vmd, worker->vcpu, &request, result);
	return 0;
}

static bool has_faulted(const struct worker *worker)
{
	return vm_driver_faults(worker->zapped->vmd, worker->vcpu) != worker->faults;
}

static void run_rounds(struct __test_metadata *_metadata, struct vm_driver *vmd)
{
	unsigned int round;

	for (round = 0; round < NR_ROUNDS; round++) {
		const u64 gpa = BASE + (round & 1) * (u64)SZ_2M;

		zap_all(_metadata, 1);
		EXPECT_EQ(0, vm_driver_convert(vmd, gpa, SZ_1M, true));
		if (round % 3 == 2)
			zap_all(_metadata, 1);
		EXPECT_EQ(0, vm_driver_convert(vmd, gpa, SZ_2M, false));
	}
}

TEST_F(zapped, all_the_time_while_vcpus_fault)
{
	struct background background[NR_VCPUS];
	struct worker worker[NR_VCPUS];
	bool faulted = true;
	unsigned int i;

	if (suite_missing_huge_again())
		SKIP(return, "%s", suite_missing_huge_again());

	for (i = 0; i < NR_VCPUS; i++) {
		worker[i] = (struct worker) {
			.zapped = self, .vcpu = i, .faults = vm_driver_faults(self->vmd, i),
		};
		background_start(&background[i], write_all_the_time, &worker[i]);
	}
	for (i = 0; i < NR_VCPUS; i++) {
		while (!has_faulted(&worker[i]) && !background_ends_within(&background[i], 1))
			;
		worker[i].faults = vm_driver_faults(self->vmd, i);
	}
	run_rounds(_metadata, self->vmd);
	for (i = 0; i < NR_VCPUS; i++)
		faulted &= has_faulted(&worker[i]);
	for (i = 0; i < NR_VCPUS; i++) {
		__atomic_store_n(&worker[i].stop, true, __ATOMIC_SEQ_CST);
		vm_expect_end_in_time(_metadata, &background[i], "KVM_RUN", BASE + i * SZ_2M,
				      "dropped all the time");
	}

	/* Page tables of now, and all that is mapped in them once. */
	zap_all(_metadata, 1);
	restore_own_leaves(self->vmd);
	vm_expect_leaves_of(_metadata, self->vmd, LEVEL_2M, 0, BASE, "dropped for the last time");
	vm_driver_touch(self->vmd, 0, ACCESS_WRITE, BASE, TAG);
	vm_driver_touch(self->vmd, 1, ACCESS_WRITE, BASE + SZ_2M, TAG);
	vm_expect_leaves_of(_metadata, self->vmd, LEVEL_2M, 2, BASE, "all shared again");
	vm_expect_no_warning(_metadata, BASE, "all shared again");
	if (!faulted && __test_passed(_metadata))
		SKIP(return, "CPU for two vCPUs besides what drops all");
}

int main(int argc, char **argv)
{
	suite_start(BIT(BACKING_HUGETLB_2MB));
	return suite_harness_run(argc, argv);
}
