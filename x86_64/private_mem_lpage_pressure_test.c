// SPDX-License-Identifier: GPL-2.0-only
/*
 * Claim: what fails for lack of memory fails whole.  An ioctl either does all that it was asked
 * for or says ENOMEM and has changed nothing; KVM_RUN that says ENOMEM can be run again; and the
 * VM lives on with attributes and leaves as they should be.
 *
 * The step of each case is tried with the first, the second, ... slab allocation failing and all
 * that follow, or just that one, or that one and the next (xarrays try twice), until a step meets
 * no failure: then every place where it can fail has been tried.  The limit of a memory cgroup
 * fails pages as well.
 */
#include <errno.h>
#include <string.h>

#include <linux/bits.h>
#include <linux/kernel.h>
#include <linux/sizes.h>

#include "suite/suite_harness.h"
#include "test_util.h"

#include "host/pressure.h"
#include "host/setting.h"
#include "kvm/known_bug.h"
#include "kvm/kvm_parameter.h"
#include "kvm/plain_vm.h"
#include "kvm/vm_driver.h"
#include "run/scenario_run.h"
#include "scenario/scenario_text.h"
#include "suite/suite.h"
#include "suite/vm_expect.h"

#define BASE_GPA	(16ull << 30)

/* More allocations than any step of the cases makes. */
#define MAX_TRIES	100

struct pressure_case {
	const char *name;
	const char *setup;
	const char *step;
	const char *refused;		/* what follows it if it was refused */
	const char *done;		/* if it was done */
	const char *undo;		/* in either case, as far as possible then */
	bool takes_no_memory;
	bool has_known_bug;
	enum known_bug_id known;
	const char *known_wanted;	/* how its failure begins; NULL: it shows in the refusals */
};

struct trial {
	const struct pressure_case *what;
	char name[SUITE_NAME_MAX];
	struct scenario_run *run;
	struct step step;
	u64 nr_refused;
};

FIXTURE(pressure)
{
	struct trial trial;
};

FIXTURE_VARIANT(pressure)
{
	struct pressure_case what;
};

/* Leaves of 4K tell the attribute of each page, those of 2M what KVM knows of the mixed ones. */
#define MEMSLOTS	\
	"memslot 1 gpa 16G size 1M hva 4K backing hugetlb_2mb guest_memfd\n"	\
	"memslot 2 gpa 16G+2M size 4M backing hugetlb_2mb guest_memfd\n"	\
	"prefault 16G 1M\n"							\
	"prefault 16G+2M 4M\n"							\
	"expect 4K x256 2M x2\n"

#define PRIVATE_MEMORY	\
	"memslot 1 gpa 16G size 2M backing hugetlb_2mb guest_memfd\n"	\
	"convert private 16G 1M\n"					\
	"expect no leaf\n"

#define TOUCH_BOTH_ENDS	\
	"touch write 16G+512K 16K\n"	\
	"touch read 16G+3M-16K 32K\n"

FIXTURE_VARIANT_ADD(pressure, conversion_to_private) {
	.what.name = "conversion_to_private",
	.what.setup = MEMSLOTS,
	.what.step = "convert private 16G+512K 2M+512K",
	.what.refused = TOUCH_BOTH_ENDS,
	.what.done = TOUCH_BOTH_ENDS,
	.what.undo = "convert shared 16G+512K 2M+512K\n",
	.what.has_known_bug = true,
	.what.known = RESERVED_ENTRIES_COUNT,
	.what.known_wanted = "Wanted 2M x1 at gpa 0x400200000",
};

FIXTURE_VARIANT_ADD(pressure, conversion_by_guest) {
	.what.name = "conversion_by_guest",
	.what.setup = MEMSLOTS,
	.what.step = "convert private 16G+512K 2M+512K by guest",
	.what.refused = TOUCH_BOTH_ENDS,
	.what.done = TOUCH_BOTH_ENDS,
	.what.undo = "convert shared 16G+512K 2M+512K by guest\n",
	.what.has_known_bug = true,
	.what.known = RESERVED_ENTRIES_COUNT,
	.what.known_wanted = "Wanted 2M x1 at gpa 0x400200000",
};

/* Some of the pages have the attribute before; they keep it when the rest is refused. */
FIXTURE_VARIANT_ADD(pressure, conversion_of_mixed_range) {
	.what.name = "conversion_of_mixed_range",
	.what.setup = MEMSLOTS
		"convert private 16G+768K 4K\n"
		"convert private 16G+2M+1M-4K 4K\n",
	.what.step = "convert private 16G+512K 2M+512K",
	.what.refused = TOUCH_BOTH_ENDS "touch write 16G+768K 8K\n",
	.what.done = TOUCH_BOTH_ENDS,
	.what.undo = "convert shared 16G+512K 256K\n"
		"convert shared 16G+768K+4K 2M+256K-8K\n",
	.what.has_known_bug = true,
	.what.known = RESERVED_ENTRIES_COUNT,
	.what.known_wanted = "Wanted 4K x256 at gpa 0x400000000",
};

/* The one known to fail where leftovers of a refused conversion count as attributes. */
FIXTURE_VARIANT_ADD(pressure, levels_after_refused_conversion) {
	.what.name = "levels_after_refused_conversion",
	.what.setup = MEMSLOTS,
	.what.step = "convert private 16G+2M 512K",
	.what.refused = "convert private 16G+4M-4K 4K\n"
		   "convert shared 16G+4M-4K 4K\n"
		   "touch read 16G+3M\n"
		   "touch read 16G+2M\n",
	.what.undo = "convert shared 16G+2M 512K\n",
	.what.has_known_bug = true,
	.what.known = RESERVED_ENTRIES_COUNT,
	.what.known_wanted = "Wanted 2M x1 at gpa 0x400200000",
};

FIXTURE_VARIANT_ADD(pressure, conversion_to_shared) {
	.what.name = "conversion_to_shared",
	.what.setup = MEMSLOTS
		"convert private 16G+768K 4K\n"
		"convert private 16G+2M+512K 16K\n",
	.what.step = "convert shared 16G+512K 2M+512K",
	.what.done = TOUCH_BOTH_ENDS,
	.what.undo = "convert private 16G+768K 4K\n"
		"convert private 16G+2M+512K 16K\n",
	.what.takes_no_memory = true,
	.what.has_known_bug = true,
	.what.known = CLEARING_NEEDS_MEMORY,
	.what.known_wanted = "Wanted success at gpa 0x400080000",
};

FIXTURE_VARIANT_ADD(pressure, conversion_that_changes_nothing) {
	.what.name = "conversion_that_changes_nothing",
	.what.setup = MEMSLOTS "convert private 16G+512K 2M+512K\n",
	.what.step = "convert private 16G+512K 2M+512K",
	.what.done = TOUCH_BOTH_ENDS,
	.what.takes_no_memory = true,
};

FIXTURE_VARIANT_ADD(pressure, memslot_creation) {
	.what.name = "memslot_creation",
	.what.setup = "convert private 16G+4K 4K\n"
		 "convert private 16G+6M 2M\n"
		 "expect no leaf\n",
	.what.step = "memslot 1 gpa 16G size 8M backing hugetlb_2mb",
	.what.refused = "touch read 16G 8K\n",
	.what.done = "touch read 16G 12K\n",
	.what.undo = "delete 1\n",
};

/* A hole in the guest_memfd shows whether it knows its memslot. */
FIXTURE_VARIANT_ADD(pressure, memslot_creation_with_guest_memfd) {
	.what.name = "memslot_creation_with_guest_memfd",
	.what.setup = "convert private 16G+4K 4K\n"
		 "expect no leaf\n",
	.what.step = "memslot 1 gpa 16G size 4M backing hugetlb_2mb guest_memfd",
	.what.done = "touch write 16G+4K\n"
		"punch 16G 4M\n"
		"touch read 16G+4K\n",
	.what.undo = "delete 1\n",
	.what.has_known_bug = true,
	.what.known = BINDING_LOST,
	.what.known_wanted = "Wanted no exit at gpa 0x400001000",
};

FIXTURE_VARIANT_ADD(pressure, memslot_deletion) {
	.what.name = "memslot_deletion",
	.what.setup = MEMSLOTS
		"convert private 16G+2M 4K\n"
		"touch write 16G+2M 8K\n",
	.what.step = "delete 2",
	.what.refused = "touch read 16G+2M 8K\n",
	.what.undo = "memslot 2 gpa 16G+2M size 4M backing hugetlb_2mb guest_memfd\n"
		"prefault 16G+2M 4M\n",
};

FIXTURE_VARIANT_ADD(pressure, memslot_move) {
	.what.name = "memslot_move",
	.what.setup = "memslot 1 gpa 16G size 4M backing hugetlb_2mb\n"
		 "prefault 16G 4M\n"
		 "convert private 16G+6M 4K\n"
		 "expect 2M x2\n",
	.what.step = "move 1 gpa 16G+4M",
	.what.refused = "touch read 16G+1M 8K\n",
	.what.done = "touch read 16G+6M 8K\n",
	.what.undo = "move 1 gpa 16G\n"
		"prefault 16G 4M\n",
};

/* The bitmap of the log: kvm_alloc_dirty_bitmap(). */
FIXTURE_VARIANT_ADD(pressure, log_begins) {
	.what.name = "log_begins",
	.what.setup = "eager_split off\n"
		 "memslot 1 gpa 16G size 4M backing hugetlb_2mb\n"
		 "prefault 16G 4M\n"
		 "expect 2M x2\n",
	.what.step = "log 1 on",
	.what.refused = "touch write 16G 8K\n",
	.what.done = "touch write 16G 8K\n"
		"log 1 off\n",
	.what.undo = "touch write 16G+2M 8K\n"
		"prefault 16G 4M\n",
};

FIXTURE_VARIANT_ADD(pressure, touch_of_private_page) {
	.what.name = "touch_of_private_page",
	.what.setup = PRIVATE_MEMORY,
	.what.step = "touch write 16G 8K",
	.what.refused = "touch read 16G 8K\n",
	.what.done = "touch read 16G 8K\n",
	.what.undo = "punch 16G 2M\n",
};

FIXTURE_VARIANT_ADD(pressure, prefault_of_private_pages) {
	.what.name = "prefault_of_private_pages",
	.what.setup = PRIVATE_MEMORY,
	.what.step = "prefault 16G 512K",
	.what.refused = "touch write 16G 4K\n",
	.what.undo = "punch 16G 2M\n",
};

FIXTURE_VARIANT_ADD(pressure, allocation_of_guest_memfd) {
	.what.name = "allocation_of_guest_memfd",
	.what.setup = PRIVATE_MEMORY,
	.what.step = "allocate 16G 1M",
	.what.refused = "touch read 16G 4K\n",
	.what.done = "touch read 16G 4K\n",
	.what.undo = "punch 16G 2M\n",
};

FIXTURE_VARIANT_ADD(pressure, hole_in_guest_memfd) {
	.what.name = "hole_in_guest_memfd",
	.what.setup = PRIVATE_MEMORY "touch write 16G 1M\n",
	.what.step = "punch 16G+256K 512K",
	.what.done = "touch read 16G+256K 4K\n",
	.what.undo = "touch write 16G+256K 8K\n",
	.what.takes_no_memory = true,
};

/* Run the steps of @text; those that a refused step makes impossible are left out. */
static bool run_text(struct scenario_run *run, const char *text)
{
	struct scenario scenario = { };
	char error[256];
	bool good = true;
	size_t i;

	if (!text)
		return true;

	TEST_ASSERT(!scenario_parse(&scenario, "case", text, strlen(text), error, sizeof(error)),
		    "%s", error);
	suite_touch_where_no_prefault(&scenario);
	for (i = 0; i < scenario.nr && good; i++)
		good = scenario_run_step(run, &scenario.step[i]);
	scenario_free(&scenario);
	return good;
}

static struct step parse_step(const char *text)
{
	struct scenario scenario = { };
	char error[256];
	struct step step;

	TEST_ASSERT(!scenario_parse(&scenario, "case", text, strlen(text), error, sizeof(error)),
		    "%s", error);
	suite_touch_where_no_prefault(&scenario);
	step = scenario.step[0];
	scenario_free(&scenario);
	return step;
}

static void trial_start(struct trial *trial, const struct pressure_case *what,
			const char *fixture, const char *test)
{
	trial->what = what;
	suite_name(trial->name, fixture, what->name, test);
	trial->run = scenario_run_start(trial->name, suite_traits());
	trial->step = parse_step(what->step);
}

FIXTURE_SETUP(pressure)
{
	trial_start(&self->trial, &variant->what, "pressure", _metadata->name);
}

FIXTURE_TEARDOWN(pressure)
{
	scenario_run_free(self->trial.run);
}

/* Try the step under @pressure once, and go back.  Returns true if all is as it should be. */
static bool try_step(struct trial *trial, struct pressure pressure, bool *felt)
{
	struct scenario_run *run = trial->run;
	bool refused;

	trial->step.pressure = pressure;
	if (!scenario_run_step(run, &trial->step))
		return false;

	*felt = run->felt;
	refused = run->refused;
	trial->nr_refused += refused;
	return scenario_run_read_out(run) &&
	       run_text(run, refused ? trial->what->refused : trial->what->done) &&
	       run_text(run, trial->what->undo);
}

/* Fail the n-th allocation, and @times in all (0: all that follow), for each n. */
static bool fail_each(struct trial *trial, u32 times)
{
	bool felt = true;
	u32 n;

	for (n = 1; felt && n < MAX_TRIES; n++) {
		if (!try_step(trial, (struct pressure) { n, times }, &felt))
			return false;
	}
	return !felt;
}

/* Leave ever more memory to the step. */
static bool limit_each(struct trial *trial)
{
	struct pressure limit = { .room = SZ_4K };
	bool felt = true;

	for (; felt && limit.room < SZ_1G; limit.room *= 2) {
		if (!try_step(trial, limit, &felt))
			return false;
	}
	return !felt;
}

static bool is_known(const struct pressure_case *what)
{
	return what->has_known_bug && known_bug_expected(what->known);
}

/* Was the step refused as often as it must be?  Otherwise the case has not tried anything. */
static bool refusals_are_right(const struct trial *trial)
{
	return trial->what->takes_no_memory == !trial->nr_refused;
}

/* The releases that have the known bug fail because of it, not for another reason. */
static bool fails_as_known(const struct trial *trial, const char *failure, bool ended)
{
	const char *wanted = trial->what->known_wanted;

	if (!is_known(trial->what))
		return false;
	if (wanted)
		return failure && !strncmp(failure, wanted, strlen(wanted));
	return !failure && ended && !refusals_are_right(trial);
}

static void print_refusals(struct __test_metadata *_metadata, const struct trial *trial)
{
	TH_LOG("Wanted the step to be refused %s at gpa 0x%llx (%s), got %llu times",
	       trial->what->takes_no_memory ? "never" : "at least once",
	       (unsigned long long)trial->step.gpa, trial->what->name,
	       (unsigned long long)trial->nr_refused);
}

/* Pass or fail the case, or fail it as expected; @ended: the failures came to an end. */
static void judge(struct __test_metadata *_metadata, struct trial *trial, bool ended)
{
	char *failure = scenario_run_end(trial->run);

	if (fails_as_known(trial, failure, ended)) {
		free(failure);
		SUITE_XFAIL(return, known_bug(trial->what->known)->reason);
	}

	ASSERT_TRUE(suite_passed(failure, trial->name));
	ASSERT_TRUE(ended) {
		TH_LOG("Wanted an end of the failures at gpa 0x%llx (%s), got none",
		       (unsigned long long)trial->step.gpa, trial->what->name);
	}
	EXPECT_TRUE(refusals_are_right(trial))
		print_refusals(_metadata, trial);
}

TEST_F(pressure, slab_allocations_fail)
{
	struct trial *trial = &self->trial;
	bool good;

	if (pressure_missing_slab())
		SKIP(return, "%s", pressure_missing_slab());
	if (suite_missing_modes(trial->what->setup))
		SKIP(return, "%s", suite_missing_modes(trial->what->setup));

	good = run_text(trial->run, trial->what->setup) && fail_each(trial, 0) &&
	       fail_each(trial, 1) && fail_each(trial, 2);
	judge(_metadata, trial, good);
}

/*
 * CPUs charge a memory cgroup for 64 pages at a time (MEMCG_CHARGE_BATCH): only what takes more
 * than that feels its limit.
 */
FIXTURE(memory_cgroup)
{
	struct trial trial;
};

FIXTURE_VARIANT(memory_cgroup)
{
	struct pressure_case what;
};

FIXTURE_VARIANT_ADD(memory_cgroup, conversion_to_private) {
	.what.name = "conversion_to_private",
	.what.setup = MEMSLOTS,
	.what.step = "convert private 16G+512K 256M",
	.what.refused = TOUCH_BOTH_ENDS,
	.what.done = TOUCH_BOTH_ENDS,
	.what.undo = "convert shared 16G+512K 256M\n",
	.what.has_known_bug = true,
	.what.known = ATTRIBUTES_NOT_CHARGED,
};

FIXTURE_VARIANT_ADD(memory_cgroup, conversion_by_guest) {
	.what.name = "conversion_by_guest",
	.what.setup = MEMSLOTS,
	.what.step = "convert private 16G+512K 256M by guest",
	.what.refused = TOUCH_BOTH_ENDS,
	.what.done = TOUCH_BOTH_ENDS,
	.what.undo = "convert shared 16G+512K 256M by guest\n",
	.what.has_known_bug = true,
	.what.known = ATTRIBUTES_NOT_CHARGED,
};

FIXTURE_VARIANT_ADD(memory_cgroup, allocation_of_guest_memfd) {
	.what.name = "allocation_of_guest_memfd",
	.what.setup = PRIVATE_MEMORY,
	.what.step = "allocate 16G 2M",
	.what.refused = "touch read 16G 4K\n",
	.what.done = "touch read 16G 4K\n",
	.what.undo = "punch 16G 2M\n",
};

FIXTURE_SETUP(memory_cgroup)
{
	trial_start(&self->trial, &variant->what, "memory_cgroup", _metadata->name);
}

FIXTURE_TEARDOWN(memory_cgroup)
{
	scenario_run_free(self->trial.run);
}

TEST_F(memory_cgroup, is_full)
{
	struct trial *trial = &self->trial;
	bool good;

	if (pressure_missing_cgroup())
		SKIP(return, "%s", pressure_missing_cgroup());

	good = run_text(trial->run, trial->what->setup) && limit_each(trial);
	judge(_metadata, trial, good);
}

/*
 * vCPUs have page tables in stock, so that few faults allocate any: map pages of one 2M range
 * after the other, each of which takes a page table.
 */
FIXTURE(page_tables)
{
	char name[SUITE_NAME_MAX];
	struct scenario_run *run;
};

FIXTURE_VARIANT(page_tables)
{
	const char *name;
	enum step_op op;
};

FIXTURE_VARIANT_ADD(page_tables, touch) { .name = "touch", .op = STEP_TOUCH };
FIXTURE_VARIANT_ADD(page_tables, prefault) { .name = "prefault", .op = STEP_PREFAULT };

#define NR_RANGES	1000

/* More than any vCPU has in stock: KVM_ARCH_NR_OBJS_PER_MEMORY_CACHE is 40. */
#define STOCK		45

FIXTURE_SETUP(page_tables)
{
	suite_name(self->name, "page_tables", variant->name, _metadata->name);
	self->run = scenario_run_start(self->name, suite_traits());
}

FIXTURE_TEARDOWN(page_tables)
{
	scenario_run_free(self->run);
}

/* The @range-th page, under @pressure; one that was refused is mapped without. */
static bool map_range(struct scenario_run *run, enum step_op op, u32 range,
		      struct pressure pressure)
{
	struct step step = {
		.op = op,
		.gpa = BASE_GPA + (u64)range * SZ_2M,
		.size = SZ_4K,
		.pressure = pressure,
	};
	struct step again = step;

	again.pressure = (struct pressure) { };
	return scenario_run_step(run, &step) &&
	       (!run->refused || scenario_run_step(run, &again));
}

TEST_F(page_tables, slab_allocations_fail)
{
	struct scenario_run *run = self->run;
	u32 range, n = 1, quiet = 0;

	if (pressure_missing_slab())
		SKIP(return, "%s", pressure_missing_slab());
	if (variant->op == STEP_PREFAULT && !vm_driver_has_prefault())
		SKIP(return, "KVM_CAP_PRE_FAULT_MEMORY");

	/* Whatever the stock was, the n-th allocation that fills it up again fails. */
	run_text(run, "memslot 1 gpa 16G size 2000M hva 4K backing hugetlb_2mb\n");
	for (range = 0; range < NR_RANGES && quiet < STOCK && !run->failure; range++) {
		map_range(run, variant->op, range, (struct pressure) { .first = n });
		quiet = run->felt ? 0 : quiet + 1;
		n += run->felt;
	}
	ASSERT_TRUE(suite_passed(scenario_run_end(run), self->name));
	ASSERT_TRUE(run->nr_refused && quiet == STOCK) {
		TH_LOG("Wanted %s to be refused at gpa 0x%llx (%s), got %llu refusals in %u ranges",
		       variant->name, (unsigned long long)BASE_GPA, variant->name,
		       (unsigned long long)run->nr_refused, range);
	}
}

/* What no scenario says: a step that is done all the same, and one that is tried again. */
FIXTURE(whole)
{
	struct plain_vm vm;
};

#define WHOLE_SIZE	((u64)SZ_16M)

FIXTURE_SETUP(whole)
{
	if (pressure_missing_slab())
		SKIP(return, "%s", pressure_missing_slab());

	plain_vm_create(&self->vm, BACKING_HUGETLB_2MB, WHOLE_SIZE, WHOLE_SIZE);
}

FIXTURE_TEARDOWN(whole)
{
	plain_vm_free(&self->vm);
	vm_expect_no_warning(_metadata, BASE_GPA, "after the VM");
	setting_restore();
}

/*
 * The @n-th allocation fails when a log begins, and all after it: what cannot be split at once is
 * split by the first write (kvm_mmu_try_split_huge_pages()).  Returns true if it was felt.
 */
static bool split_under_pressure(struct __test_metadata *_metadata, FIXTURE_DATA(whole) * self,
				 u32 n)
{
	struct vm_driver *vmd = self->vm.vmd;
	const struct pressure pressure = { .first = n };
	u64 log[SZ_2M / SZ_4K / 64] = { };
	void *hva = self->vm.view.base;
	int r;

	ASSERT_EQ(0, vm_driver_set_memslot(vmd, 1, BASE_GPA, SZ_2M, hva, -1, false));
	vm_driver_touch(vmd, 0, ACCESS_WRITE, BASE_GPA, n);
	pressure_ask(&pressure);
	r = vm_driver_set_memslot(vmd, 1, BASE_GPA, SZ_2M, hva, -1, true);
	pressure_release();
	if (!r) {
		vm_driver_touch(vmd, 0, ACCESS_WRITE, BASE_GPA + SZ_1M, n);
		ASSERT_EQ(0, vm_driver_get_log(vmd, 1, log));
		EXPECT_EQ(1, log[SZ_1M / SZ_4K / 64]) {
			TH_LOG("Wanted dirty 1 at gpa 0x%llx (split fails), got 0x%llx",
			       (unsigned long long)BASE_GPA + SZ_1M,
			       (unsigned long long)log[SZ_1M / SZ_4K / 64]);
		}
	}
	EXPECT_TRUE(!r || r == ENOMEM) {
		TH_LOG("Wanted success or ENOMEM at gpa 0x%llx (log on), got %s",
		       (unsigned long long)BASE_GPA, strerror(r));
	}
	ASSERT_EQ(0, vm_driver_set_memslot(vmd, 1, BASE_GPA, 0, NULL, -1, false));
	return pressure_was_felt();
}

TEST_F(whole, log_begins_without_memory_to_split)
{
	static const struct step change_eager_split = { .op = STEP_EAGER_SPLIT };
	u32 n = 1;

	if (suite_missing_mode(&change_eager_split))
		SKIP(return, "%s", suite_missing_mode(&change_eager_split));

	ASSERT_EQ(0, setting_change_for_now(EAGER_SPLIT_SETTING, "Y"));
	while (n < MAX_TRIES && split_under_pressure(_metadata, self, n))
		n++;
	EXPECT_TRUE(n > 1 && n < MAX_TRIES);
}

/* A range that takes entries of several sizes. */
#define BOUND_OFFSET	(5ull * SZ_4K)
#define BOUND_SIZE	(WHOLE_SIZE - 8 * SZ_4K)

TEST_F(whole, refused_binding_can_be_made_again)
{
	struct vm_driver *vmd = self->vm.vmd;
	bool felt = true;
	u32 n;

	for (n = 1; n < MAX_TRIES && felt; n++) {
		const struct pressure pressure = { .first = n };
		int r;

		pressure_ask(&pressure);
		r = vm_driver_bind_memslot(vmd, 1, BASE_GPA, BOUND_SIZE, self->vm.view.base,
					   self->vm.gmem_fd, BOUND_OFFSET);
		pressure_release();
		felt = pressure_was_felt();
		if (r)
			r = vm_driver_bind_memslot(vmd, 1, BASE_GPA, BOUND_SIZE,
						   self->vm.view.base, self->vm.gmem_fd,
						   BOUND_OFFSET);
		ASSERT_EQ(0, r) {
			TH_LOG("Wanted success at gpa 0x%llx (bound after ENOMEM), got %s",
			       (unsigned long long)BASE_GPA, strerror(r));
		}
		ASSERT_EQ(0, vm_driver_set_memslot(vmd, 1, BASE_GPA, 0, NULL, -1, false));
	}
	EXPECT_TRUE(n > 2 && n < MAX_TRIES);
}

int main(int argc, char **argv)
{
	suite_start(BIT(BACKING_HUGETLB_2MB));
	pressure_prepare_slab();
	pressure_prepare_cgroup();
	return suite_harness_run(argc, argv);
}
