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

#include <linux/bits.h>
#include <linux/kernel.h>
#include <linux/sizes.h>

#include "kselftest_harness.h"
#include "test_util.h"

#include "known_fault.h"
#include "pressure.h"
#include "scenario_run.h"
#include "scenario_text.h"
#include "suite.h"
#include "vm_driver.h"

#define BASE_GPA	(16ull << 30)

/* More allocations than any step of the cases makes. */
#define MAX_TRIES	100

FIXTURE(pressure)
{
	char name[128];
	struct scenario_run *run;
	struct step step;
	u64 nr_refused;
	u64 nr_felt;
};

FIXTURE_VARIANT(pressure)
{
	const char *name;
	const char *setup;
	const char *step;
	const char *refused;		/* what follows it if it was refused */
	const char *done;		/* if it was done */
	const char *undo;		/* in either case, as far as possible then */
	bool takes_no_memory;
	bool has_known_fault;
	enum known_fault_id known;
};

#define CASE(_name, ...)	\
	FIXTURE_VARIANT_ADD(pressure, _name) { .name = #_name, __VA_ARGS__ }

/* Leaves of 4K tell the attribute of each page, those of 2M what KVM knows of the mixed ones. */
#define MEMSLOTS	\
	"memslot 1 gpa 16G size 1M hva 4K backing hugetlb_2mb guest_memfd\n"	\
	"memslot 2 gpa 16G+2M size 4M backing hugetlb_2mb guest_memfd\n"	\
	"prefault 16G 1M\n"							\
	"prefault 16G+2M 4M\n"

#define PRIVATE_MEMORY	\
	"memslot 1 gpa 16G size 2M backing hugetlb_2mb guest_memfd\n"	\
	"convert private 16G 1M\n"

#define TOUCH_BOTH_ENDS	\
	"touch write 16G+512K 16K\n"	\
	"touch read 16G+3M-16K 32K\n"

CASE(conversion_to_private,
	.setup = MEMSLOTS,
	.step = "convert private 16G+512K 2M+512K",
	.refused = TOUCH_BOTH_ENDS,
	.done = TOUCH_BOTH_ENDS,
	.undo = "convert shared 16G+512K 2M+512K\n");

CASE(conversion_by_guest,
	.setup = MEMSLOTS,
	.step = "convert private 16G+512K 2M+512K by guest",
	.refused = TOUCH_BOTH_ENDS,
	.done = TOUCH_BOTH_ENDS,
	.undo = "convert shared 16G+512K 2M+512K by guest\n");

/* Some of the pages have the attribute before; they keep it when the rest is refused. */
CASE(conversion_of_mixed_range,
	.setup = MEMSLOTS
		"convert private 16G+768K 4K\n"
		"convert private 16G+2M+1M-4K 4K\n",
	.step = "convert private 16G+512K 2M+512K",
	.refused = TOUCH_BOTH_ENDS "touch write 16G+768K 8K\n",
	.done = TOUCH_BOTH_ENDS,
	.undo = "convert shared 16G+512K 256K\n"
		"convert shared 16G+768K+4K 2M+256K-8K\n");

/* The one known to fail where leftovers of a refused conversion count as attributes. */
CASE(levels_after_refused_conversion,
	.setup = MEMSLOTS,
	.step = "convert private 16G+2M 512K",
	.refused = "convert private 16G+4M-4K 4K\n"
		   "convert shared 16G+4M-4K 4K\n"
		   "touch read 16G+3M\n"
		   "touch read 16G+2M\n",
	.undo = "convert shared 16G+2M 512K\n",
	.has_known_fault = true,
	.known = RESERVED_ENTRIES_COUNT);

CASE(conversion_to_shared,
	.setup = MEMSLOTS
		"convert private 16G+768K 4K\n"
		"convert private 16G+2M+512K 16K\n",
	.step = "convert shared 16G+512K 2M+512K",
	.done = TOUCH_BOTH_ENDS,
	.undo = "convert private 16G+768K 4K\n"
		"convert private 16G+2M+512K 16K\n",
	.takes_no_memory = true,
	.has_known_fault = true,
	.known = CLEARING_NEEDS_MEMORY);

CASE(conversion_that_changes_nothing,
	.setup = MEMSLOTS "convert private 16G+512K 2M+512K\n",
	.step = "convert private 16G+512K 2M+512K",
	.done = TOUCH_BOTH_ENDS,
	.takes_no_memory = true);

CASE(memslot_creation,
	.setup = "convert private 16G+4K 4K\n"
		 "convert private 16G+6M 2M\n",
	.step = "memslot 1 gpa 16G size 8M backing hugetlb_2mb",
	.refused = "touch read 16G 8K\n",
	.done = "touch read 16G 12K\n",
	.undo = "delete 1\n");

/* A hole in the guest_memfd shows whether it knows its memslot. */
CASE(memslot_creation_with_guest_memfd,
	.setup = "convert private 16G+4K 4K\n",
	.step = "memslot 1 gpa 16G size 4M backing hugetlb_2mb guest_memfd",
	.done = "touch write 16G+4K\n"
		"punch 16G 4M\n"
		"touch read 16G+4K\n",
	.undo = "delete 1\n",
	.has_known_fault = true,
	.known = BINDING_LOST);

CASE(memslot_deletion,
	.setup = MEMSLOTS "convert private 16G+2M 4K\n" "touch write 16G+2M 8K\n",
	.step = "delete 2",
	.refused = "touch read 16G+2M 8K\n",
	.undo = "memslot 2 gpa 16G+2M size 4M backing hugetlb_2mb guest_memfd\n"
		"prefault 16G+2M 4M\n");

CASE(memslot_move,
	.setup = "memslot 1 gpa 16G size 4M backing hugetlb_2mb\n"
		 "prefault 16G 4M\n"
		 "convert private 16G+6M 4K\n",
	.step = "move 1 gpa 16G+4M",
	.refused = "touch read 16G+1M 8K\n",
	.done = "touch read 16G+6M 8K\n",
	.undo = "move 1 gpa 16G\n"
		"prefault 16G 4M\n");

CASE(touch_of_private_page,
	.setup = PRIVATE_MEMORY,
	.step = "touch write 16G 8K",
	.refused = "touch read 16G 8K\n",
	.done = "touch read 16G 8K\n",
	.undo = "punch 16G 2M\n");

CASE(prefault_of_private_pages,
	.setup = PRIVATE_MEMORY,
	.step = "prefault 16G 512K",
	.refused = "touch write 16G 4K\n",
	.undo = "punch 16G 2M\n");

CASE(allocation_of_guest_memfd,
	.setup = PRIVATE_MEMORY,
	.step = "allocate 16G 1M",
	.refused = "touch read 16G 4K\n",
	.done = "touch read 16G 4K\n",
	.undo = "punch 16G 2M\n");

CASE(hole_in_guest_memfd,
	.setup = PRIVATE_MEMORY "touch write 16G 1M\n",
	.step = "punch 16G+256K 512K",
	.done = "touch read 16G+256K 4K\n",
	.undo = "touch write 16G+256K 8K\n",
	.takes_no_memory = true);

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

FIXTURE_SETUP(pressure)
{
	snprintf(self->name, sizeof(self->name), "pressure.%s.%s", variant->name, _metadata->name);
	self->run = scenario_run_start(self->name, suite_traits());
	self->step = parse_step(variant->step);
}

FIXTURE_TEARDOWN(pressure)
{
	scenario_run_free(self->run);
}

/* Try the step under @pressure once, and go back.  Returns false if anything is not as it should. */
static bool try_step(FIXTURE_DATA(pressure) *self, const FIXTURE_VARIANT(pressure) *variant,
		     struct pressure pressure, bool *felt)
{
	struct scenario_run *run = self->run;
	bool refused;

	self->step.pressure = pressure;
	if (!scenario_run_step(run, &self->step))
		return false;

	*felt = run->felt;
	refused = run->refused;
	self->nr_refused += refused;
	self->nr_felt += run->felt;
	return scenario_run_read_out(run) &&
	       run_text(run, refused ? variant->refused : variant->done) &&
	       run_text(run, variant->undo);
}

/* Fail the n-th allocation, and @times in all (0: all that follow), for each n. */
static bool fail_each(FIXTURE_DATA(pressure) *self, const FIXTURE_VARIANT(pressure) *variant,
		      u32 times)
{
	bool felt = true;
	u32 n;

	for (n = 1; felt && n < MAX_TRIES; n++) {
		if (!try_step(self, variant, (struct pressure) { n, times }, &felt))
			return false;
	}
	return !felt;
}

/* Leave ever more memory to the step. */
static bool limit_each(FIXTURE_DATA(pressure) *self, const FIXTURE_VARIANT(pressure) *variant)
{
	bool felt = true;
	u64 room;

	for (room = SZ_4K; felt && room < SZ_1G; room *= 2) {
		if (!try_step(self, variant, (struct pressure) { .room = room }, &felt))
			return false;
	}
	return !felt;
}

/* What a case must come to, or an expected failure. */
#define JUDGE(_good) do {								\
	bool good = (_good);								\
	char *failure = scenario_run_take_failure(self->run);				\
											\
	if (failure && variant->has_known_fault && known_fault_expected(variant->known)) {	\
		free(failure);								\
		SUITE_XFAIL(return, known_fault(variant->known)->reason);		\
	}										\
	ASSERT_TRUE(suite_passed(failure, self->name));					\
	ASSERT_TRUE(good) {								\
		TH_LOG("Wanted an end of the failures at gpa 0x%llx (%s), got none",	\
		       (unsigned long long)self->step.gpa, variant->name);		\
	}										\
} while (0)

TEST_F(pressure, slab_allocations_fail)
{
	if (pressure_missing_slab())
		SKIP(return, "%s", pressure_missing_slab());

	JUDGE(run_text(self->run, variant->setup) && fail_each(self, variant, 0) &&
	      fail_each(self, variant, 1) && fail_each(self, variant, 2));
	ASSERT_EQ(variant->takes_no_memory, !self->nr_refused) {
		TH_LOG("Wanted the step to be refused %s at gpa 0x%llx (%s), got %llu times",
		       variant->takes_no_memory ? "never" : "at least once",
		       (unsigned long long)self->step.gpa, variant->name,
		       (unsigned long long)self->nr_refused);
	}
}

TEST_F(pressure, memory_cgroup_is_full)
{
	if (pressure_missing_cgroup())
		SKIP(return, "%s", pressure_missing_cgroup());

	JUDGE(run_text(self->run, variant->setup) && limit_each(self, variant));
	printf("# felt %llu refused %llu\n", (unsigned long long)self->nr_felt, (unsigned long long)self->nr_refused);
}

/*
 * vCPUs have page tables in stock, so that few faults allocate any: map pages of one 2M range
 * after the other, each of which takes a page table.
 */
FIXTURE(page_tables)
{
	char name[128];
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
	snprintf(self->name, sizeof(self->name), "page_tables.%s.%s", variant->name,
		 _metadata->name);
	self->run = scenario_run_start(self->name, suite_traits());
}

FIXTURE_TEARDOWN(page_tables)
{
	scenario_run_free(self->run);
}

/* The @range-th page, under @pressure; one that was refused is mapped without. */
static bool map_range(FIXTURE_DATA(page_tables) *self, enum step_op op, u32 range,
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
	return scenario_run_step(self->run, &step) &&
	       (!self->run->refused || scenario_run_step(self->run, &again));
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
		map_range(self, variant->op, range, (struct pressure) { .first = n });
		quiet = run->felt ? 0 : quiet + 1;
		n += run->felt;
	}
	ASSERT_TRUE(suite_passed(scenario_run_take_failure(run), self->name));
	ASSERT_TRUE(run->nr_refused && quiet == STOCK) {
		TH_LOG("Wanted %s to be refused at gpa 0x%llx (%s), got %llu refusals in %u ranges",
		       variant->name, (unsigned long long)BASE_GPA, variant->name,
		       (unsigned long long)run->nr_refused, range);
	}
}

int main(int argc, char **argv)
{
	suite_start(BIT(BACKING_HUGETLB_2MB));
	pressure_prepare_slab();
	pressure_prepare_cgroup();
	return test_harness_run(argc, argv);
}
