// SPDX-License-Identifier: GPL-2.0-only
/*
 * Claim: what has nothing to do with a conversion goes on beside it: a fault outside of the range
 * is served at once, not tried again until the conversion is over.  And two vCPUs that populate or
 * split the same hugepage at the same time leave what one of them alone would.
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include <linux/bits.h>
#include <linux/kernel.h>
#include <linux/sizes.h>

#include "suite_harness.h"

#include "background.h"
#include "backing.h"
#include "kernel_log.h"
#include "monotonic.h"
#include "scenario.h"
#include "setting.h"
#include "suite.h"
#include "vm_driver.h"
#include "vm_expect.h"

#define BASE		(16ull * SZ_1G)
#define SIZE		((u64)SZ_2M)
#define NR_VCPUS	2

#define TAG		0x9a2a11e100000001ull

/* Faults beside a conversion. */

/* Pages without a memslot that make the conversion last. */
#define DETOUR		(64ull * SZ_1M)

/* Another memslot, whose pages are touched for the first time while the conversion goes on. */
#define BESIDE_GPA	(BASE + SZ_1G)
#define BESIDE_PAGES	16
#define MAX_WINDOWS	20
#define BESIDE_SIZE	((u64)MAX_WINDOWS * BESIDE_PAGES * SZ_4K)

/* A fault may meet the end of the conversion, or the beginning of it, and is tried again once. */
#define MAX_RETRIES	2

FIXTURE(beside)
{
	struct vm_driver *vmd;
	struct backing_view view;
	struct backing_view beside;
};

/* What was invalidated before, on both sides of the pages touched later, must not count. */
static void invalidate_around(struct __test_metadata *_metadata, struct vm_driver *vmd)
{
	const u64 around[] = { BASE - SZ_4K, BESIDE_GPA + SZ_1G };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(around); i++) {
		ASSERT_EQ(0, vm_driver_convert(vmd, around[i], SZ_4K, true));
		ASSERT_EQ(0, vm_driver_convert(vmd, around[i], SZ_4K, false));
	}
}

FIXTURE_SETUP(beside)
{
	kernel_log_start();
	self->vmd = vm_driver_create(1);
	backing_map(&self->view, BACKING_HUGETLB_2MB, 0, SIZE);
	backing_map(&self->beside, BACKING_ANONYMOUS, 0, BESIDE_SIZE);
	ASSERT_EQ(0, vm_driver_set_memslot(self->vmd, 1, BASE, SIZE, self->view.base, -1, false));
	ASSERT_EQ(0, vm_driver_set_memslot(self->vmd, 2, BESIDE_GPA, BESIDE_SIZE,
					   self->beside.base, -1, false));
	invalidate_around(_metadata, self->vmd);
}

FIXTURE_TEARDOWN(beside)
{
	vm_driver_free(self->vmd);
	backing_unmap(&self->view);
	backing_unmap(&self->beside);
	vm_expect_no_warning(_metadata, BASE, "after the VM");
}

static int convert_for_long(void *arg)
{
	return vm_driver_convert(arg, BASE, DETOUR, true);
}

/* The conversion has unmapped its first hugepage, so it is under way. False if it is over. */
static bool has_begun(struct vm_driver *vmd, struct background *conversion)
{
	u64 leaves[NR_LEVELS];

	do {
		vm_driver_leaves(vmd, leaves);
	} while (leaves[LEVEL_2M] && !background_ends_within(conversion, 0));
	return !leaves[LEVEL_2M];
}

/* True if all of it was beside the conversion, with as many faults as there are pages. */
static bool try_window(struct __test_metadata *_metadata, FIXTURE_DATA(beside) * self,
		       unsigned int window)
{
	const u64 gpa = BESIDE_GPA + (u64)window * BESIDE_PAGES * SZ_4K;
	struct background conversion;
	u64 before, faults;
	bool inside;
	u64 page;

	vm_driver_touch(self->vmd, 0, ACCESS_WRITE, BASE, TAG);
	before = vm_driver_faults(self->vmd, 0);
	background_start(&conversion, convert_for_long, self->vmd);
	inside = has_begun(self->vmd, &conversion);
	for (page = 0; page < BESIDE_PAGES; page++)
		vm_driver_touch(self->vmd, 0, ACCESS_WRITE, gpa + page * SZ_4K, TAG);
	inside &= !background_ends_within(&conversion, 0);
	faults = vm_driver_faults(self->vmd, 0) - before;
	EXPECT_EQ(0, background_join(&conversion));
	EXPECT_GE(BESIDE_PAGES + MAX_RETRIES, faults) {
		TH_LOG("Wanted %u faults at gpa 0x%llx (%s), got %llu", BESIDE_PAGES,
		       (unsigned long long)gpa, "pages beside a conversion",
		       (unsigned long long)faults);
	}
	EXPECT_EQ(0, vm_driver_convert(self->vmd, BASE, DETOUR, false));
	return inside;
}

TEST_F(beside, faults_are_served_at_once)
{
	unsigned int window = 0;
	bool inside = false;

	while (!inside && __test_passed(_metadata) && window < MAX_WINDOWS)
		inside = try_window(_metadata, self, window++);
	vm_expect_leaves_of(_metadata, self->vmd, LEVEL_4K, window * BESIDE_PAGES, BESIDE_GPA,
			    "beside the conversion");
	vm_expect_no_warning(_metadata, BESIDE_GPA, "beside the conversion");
	if (!inside && __test_passed(_metadata))
		SKIP(return, "CPU for the vCPU besides the one that changes memory");
}

/* Two vCPUs at once. */

#define NR_ROUNDS	10

FIXTURE(same_hugepage)
{
	struct vm_driver *vmd;
	struct backing_view view;
	int gmem_fd;
};

struct racer {
	struct vm_driver *vmd;
	unsigned int vcpu;
	enum access access;
	u64 gpa;
	unsigned int *waiting;		/* for both */
};

/* Both go when both are there. */
static int touch_at_once(void *arg)
{
	struct racer *racer = arg;

	__atomic_sub_fetch(racer->waiting, 1, __ATOMIC_SEQ_CST);
	while (__atomic_load_n(racer->waiting, __ATOMIC_SEQ_CST))
		;
	return vm_driver_touch(racer->vmd, racer->vcpu, racer->access, racer->gpa,
			       TAG + racer->vcpu).end;
}

/* Each vCPU accesses its page, as nearly at the same time as can be. */
static void touch_both(struct __test_metadata *_metadata, struct vm_driver *vmd,
		       enum access access, const u64 gpa[NR_VCPUS], const char *when)
{
	struct background background[NR_VCPUS];
	struct racer racer[NR_VCPUS];
	unsigned int i, waiting = NR_VCPUS;

	for (i = 0; i < NR_VCPUS; i++) {
		racer[i] = (struct racer) { vmd, i, access, gpa[i], &waiting };
		background_start(&background[i], touch_at_once, &racer[i]);
	}
	for (i = 0; i < NR_VCPUS; i++)
		vm_expect_end(_metadata, ACCESS_DONE, background_join(&background[i]), gpa[i],
			      when);
}

FIXTURE_SETUP(same_hugepage)
{
	kernel_log_start();
	self->vmd = vm_driver_create(NR_VCPUS);
	backing_map(&self->view, BACKING_HUGETLB_2MB, 0, SIZE);
	self->gmem_fd = vm_driver_create_gmem(self->vmd, SIZE);
}

FIXTURE_TEARDOWN(same_hugepage)
{
	vm_driver_free(self->vmd);
	close(self->gmem_fd);
	backing_unmap(&self->view);
	vm_expect_no_warning(_metadata, BASE, "after the VM");
	setting_restore();
}

/* Where the vCPUs write: far apart, or side by side in one page table of 4K entries. */
static const u64 both_ends[NR_VCPUS] = { BASE, BASE + SZ_2M - SZ_4K };
static const u64 neighbours[NR_VCPUS] = { BASE + 7 * SZ_4K, BASE + 8 * SZ_4K };

static void populate(struct __test_metadata *_metadata, struct vm_driver *vmd,
		     const u64 gpa[NR_VCPUS], enum level level, const char *when)
{
	struct guest_access got;
	unsigned int i;

	touch_both(_metadata, vmd, ACCESS_WRITE, gpa, when);
	vm_expect_leaves_of(_metadata, vmd, level, level == LEVEL_4K ? NR_VCPUS : 1, gpa[0], when);
	for (i = 0; i < NR_VCPUS; i++) {
		got = vm_driver_touch(vmd, 1 - i, ACCESS_READ, gpa[i], 0);
		vm_expect_content(_metadata, TAG + i, got.value, gpa[i], when);
	}
}

/* There and back, so that nothing is mapped. */
static void unmap(struct __test_metadata *_metadata, struct vm_driver *vmd)
{
	ASSERT_EQ(0, vm_driver_convert(vmd, BASE, SIZE, true));
	ASSERT_EQ(0, vm_driver_convert(vmd, BASE, SIZE, false));
}

TEST_F(same_hugepage, populated_by_both)
{
	struct vm_driver *vmd = self->vmd;
	unsigned int round;

	ASSERT_EQ(0, vm_driver_set_memslot(vmd, 1, BASE, SIZE, self->view.base, self->gmem_fd,
					   false));
	for (round = 0; round < NR_ROUNDS && __test_passed(_metadata); round++) {
		const u64 *gpa = round & 1 ? both_ends : neighbours;

		unmap(_metadata, vmd);
		populate(_metadata, vmd, gpa, LEVEL_2M, "shared hugepage, by both");
		ASSERT_EQ(0, vm_driver_convert(vmd, BASE, SIZE, true));
		populate(_metadata, vmd, gpa, LEVEL_4K, "private pages, by both");
		unmap(_metadata, vmd);
		ASSERT_EQ(0, vm_driver_convert(vmd, BASE + SZ_1M, SZ_4K, true));
		populate(_metadata, vmd, gpa, LEVEL_4K, "mixed hugepage, by both");
	}
	vm_expect_no_warning(_metadata, BASE, "populated by both");
}

/* The first writes after logging has begun, of pages @gpa and no others. */
static void expect_dirty(struct __test_metadata *_metadata, struct vm_driver *vmd,
			 const u64 gpa[NR_VCPUS], const char *when)
{
	u64 log[SZ_2M / SZ_4K / 64] = { }, wanted;
	unsigned int i, word;

	ASSERT_EQ(0, vm_driver_get_log(vmd, 1, log));
	for (word = 0; word < SZ_2M / SZ_4K / 64; word++) {
		wanted = 0;
		for (i = 0; i < NR_VCPUS; i++) {
			u64 page = (gpa[i] - BASE) / SZ_4K;

			if (page / 64 == word)
				wanted |= BIT_ULL(page % 64);
		}
		EXPECT_EQ(wanted, log[word]) {
			TH_LOG("Wanted dirty pages 0x%llx at gpa 0x%llx (%s), got 0x%llx",
			       (unsigned long long)wanted,
			       (unsigned long long)BASE + word * 64 * SZ_4K, when,
			       (unsigned long long)log[word]);
		}
	}
}

static void set_logged(struct __test_metadata *_metadata, FIXTURE_DATA(same_hugepage) * self,
		       bool logged)
{
	ASSERT_EQ(0, vm_driver_set_memslot(self->vmd, 1, BASE, SIZE, self->view.base, -1, logged));
}

TEST_F(same_hugepage, split_by_both_while_logged)
{
	static const struct step change_eager_split = { .op = STEP_EAGER_SPLIT };
	const char *when = "split by both, logged";
	struct vm_driver *vmd = self->vmd;
	unsigned int round;

	if (suite_missing_mode(&change_eager_split))
		SKIP(return, "%s", suite_missing_mode(&change_eager_split));

	ASSERT_EQ(0, setting_change_for_now(EAGER_SPLIT_SETTING, "N"));
	for (round = 0; round < NR_ROUNDS && __test_passed(_metadata); round++) {
		const u64 *gpa = round & 1 ? both_ends : neighbours;

		set_logged(_metadata, self, false);
		vm_driver_touch(vmd, 0, ACCESS_WRITE, BASE, TAG);
		vm_expect_leaves_of(_metadata, vmd, LEVEL_2M, 1, BASE, "not logged");
		set_logged(_metadata, self, true);
		touch_both(_metadata, vmd, ACCESS_WRITE, gpa, when);
		expect_dirty(_metadata, vmd, gpa, when);
		touch_both(_metadata, vmd, ACCESS_WRITE, gpa, when);
		expect_dirty(_metadata, vmd, gpa, "written again");
	}
	vm_expect_no_warning(_metadata, BASE, when);
}

int main(int argc, char **argv)
{
	suite_start(BIT(BACKING_HUGETLB_2MB));
	return suite_harness_run(argc, argv);
}
