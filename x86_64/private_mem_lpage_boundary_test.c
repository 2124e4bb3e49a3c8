// SPDX-License-Identifier: GPL-2.0-only
/*
 * Claim: wherever a run of pages with the other attribute lies against the boundaries of
 * a hugepage, that hugepage is mapped with smaller leaves for as long as it is mixed, and
 * as one leaf before and after.
 *
 * Three hugepages lie side by side, the run is placed relative to the one in the middle
 * (the target).  It is placed on shared memory, and (inverted) on private memory, in one
 * piece and in two, and undone in the same and in the reverse order.  Leaves, exits and
 * contents are compared with the mapping model after every conversion and every touch.
 */
#include <linux/bits.h>
#include <linux/kernel.h>
#include <linux/sizes.h>

#include "kselftest_harness.h"

#include "scenario_run.h"
#include "suite.h"
#include "vm_driver.h"

#define BASE_GPA	(16ull * SZ_1G)
#define NR_HUGEPAGES	3

/* Conversions of which only one in so many is followed by touches: all take too long. */
#define TOUCH_INTERVAL	16

/* A run of pages: hugepages + bytes from the start of the target, and of its size. */
struct placement {
	int start_hugepages;
	long start_bytes;
	int size_hugepages;
	long size_bytes;
	bool every_other;	/* only every other page of the run */
};

#define SZ_PAGE	((long)SZ_4K)

static const struct placement first_page = { .size_bytes = SZ_PAGE };
static const struct placement last_page = {
	.start_hugepages = 1, .start_bytes = -SZ_PAGE, .size_bytes = SZ_PAGE,
};
static const struct placement inner_page = { .start_bytes = 5 * SZ_PAGE, .size_bytes = SZ_PAGE };
static const struct placement straddling_start = {
	.start_bytes = -2 * SZ_PAGE, .size_bytes = 4 * SZ_PAGE,
};
static const struct placement straddling_end = {
	.start_hugepages = 1, .start_bytes = -2 * SZ_PAGE, .size_bytes = 4 * SZ_PAGE,
};
static const struct placement exact_hugepage = { .size_hugepages = 1 };
static const struct placement all_but_first = {
	.start_bytes = SZ_PAGE, .size_hugepages = 1, .size_bytes = -SZ_PAGE,
};
static const struct placement all_but_last = { .size_hugepages = 1, .size_bytes = -SZ_PAGE };
static const struct placement every_other_page = { .size_hugepages = 1, .every_other = true };
static const struct placement hugepage_and_page_each_side = {
	.start_bytes = -SZ_PAGE, .size_hugepages = 1, .size_bytes = 2 * SZ_PAGE,
};
static const struct placement two_hugepages = { .size_hugepages = 2 };

FIXTURE(boundary)
{
	struct scenario_run *run;
	char name[128];
};

FIXTURE_VARIANT(boundary)
{
	const char *name;
	enum level level;
	const struct placement *placement;
};

#define ADD_PLACEMENT(_placement)							\
	FIXTURE_VARIANT_ADD(boundary, 2M_##_placement) {				\
		.name = "2M_" #_placement, .level = LEVEL_2M, .placement = &_placement,	\
	};										\
	FIXTURE_VARIANT_ADD(boundary, 1G_##_placement) {				\
		.name = "1G_" #_placement, .level = LEVEL_1G, .placement = &_placement,	\
	}

ADD_PLACEMENT(first_page);
ADD_PLACEMENT(last_page);
ADD_PLACEMENT(inner_page);
ADD_PLACEMENT(straddling_start);
ADD_PLACEMENT(straddling_end);
ADD_PLACEMENT(exact_hugepage);
ADD_PLACEMENT(all_but_first);
ADD_PLACEMENT(all_but_last);
ADD_PLACEMENT(every_other_page);
ADD_PLACEMENT(hugepage_and_page_each_side);
ADD_PLACEMENT(two_hugepages);

static enum backing_kind backing_of(enum level level)
{
	return level == LEVEL_1G ? BACKING_HUGETLB_1GB : BACKING_HUGETLB_2MB;
}

FIXTURE_SETUP(boundary)
{
	const struct step memslot = {
		.op = STEP_MEMSLOT,
		.slot = 1,
		.gpa = BASE_GPA,
		.size = NR_HUGEPAGES * level_bytes(variant->level),
		.backing = backing_of(variant->level),
		.gmem = true,
	};

	if (suite_missing(memslot.backing))
		SKIP(return, "%s", suite_missing(memslot.backing));

	snprintf(self->name, sizeof(self->name), "boundary.%s.%s", variant->name, _metadata->name);
	self->run = scenario_run_start(self->name, suite_traits());
	ASSERT_TRUE(scenario_run_step(self->run, &memslot));
}

FIXTURE_TEARDOWN(boundary)
{
	if (self->run)
		scenario_run_free(self->run);
}

/* How a test converts and touches. */
struct manner {
	bool by_guest;
};

struct piece {
	u64 gpa;
	u64 size;
};

#define MAX_PIECES	512

static u64 run_start(enum level level, const struct placement *placement)
{
	return BASE_GPA + (1 + placement->start_hugepages) * level_bytes(level) +
	       placement->start_bytes;
}

static u64 run_size(enum level level, const struct placement *placement)
{
	return placement->size_hugepages * level_bytes(level) + placement->size_bytes;
}

/*
 * Every other page of 2M. In 1G that is too many conversions: there, of its first, its
 * middle and its last 2M.
 */
static size_t cut_every_other(enum level level, u64 start, struct piece *piece)
{
	u64 part, nr_parts = level == LEVEL_1G ? 3 : 1;
	size_t nr = 0;

	for (part = 0; part < nr_parts; part++) {
		u64 gpa = start + part * (SZ_1G / 2 - (part == 2 ? SZ_1M : 0)) / SZ_2M * SZ_2M;
		u64 end = gpa + SZ_2M;

		/* A third of the pieces each, so that the array holds them all. */
		for (; gpa < end && nr < MAX_PIECES; gpa += 2 * nr_parts * SZ_4K)
			piece[nr++] = (struct piece) { gpa, SZ_4K };
	}
	return nr;
}

/* The conversions that place the run: in one piece, or in two, cut behind its first page. */
static size_t cut(enum level level, const struct placement *placement, bool in_two,
		  struct piece *piece)
{
	u64 start = run_start(level, placement);
	u64 size = run_size(level, placement);

	if (placement->every_other)
		return cut_every_other(level, start, piece);

	if (!in_two || size == SZ_4K) {
		piece[0] = (struct piece) { start, size };
		return 1;
	}
	piece[0] = (struct piece) { start, SZ_4K };
	piece[1] = (struct piece) { start + SZ_4K, size - SZ_4K };
	return 2;
}

static bool touch_page(struct scenario_run *run, const struct manner *manner, u64 gpa)
{
	struct step step = { .op = STEP_PREFAULT, .gpa = gpa, .size = SZ_4K };
	u64 end = BASE_GPA + (mapping_model_slot(run->model, 1)->npages << GFN_SHIFT);

	if (gpa < BASE_GPA || gpa >= end)
		return true;
	if (!manner->by_guest)
		return scenario_run_step(run, &step);

	/* Read what was there, and leave something for the next to read. */
	step.op = STEP_TOUCH;
	if (!scenario_run_step(run, &step))
		return false;
	step.access = ACCESS_WRITE;
	return scenario_run_step(run, &step);
}

/* Touch both sides of both ends of @piece, and a page of each hugepage. */
static bool touch_around(struct scenario_run *run, enum level level, const struct manner *manner,
			 const struct piece *piece)
{
	const u64 end = piece->gpa + piece->size;
	const u64 place[] = {
		piece->gpa - SZ_4K, piece->gpa, end - SZ_4K, end,
		piece->gpa - SZ_2M, end + SZ_2M,
		BASE_GPA, BASE_GPA + level_bytes(level), BASE_GPA + 2 * level_bytes(level),
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(place); i++) {
		if (!touch_page(run, manner, place[i]))
			return false;
	}
	return true;
}

static bool convert(struct scenario_run *run, const struct manner *manner, struct piece piece,
		    bool private)
{
	const struct step step = {
		.op = STEP_CONVERT,
		.gpa = piece.gpa,
		.size = piece.size,
		.private = private,
		.by_guest = manner->by_guest,
	};

	return scenario_run_step(run, &step);
}

/* Convert the pieces, from the first or from the last on. */
static bool convert_pieces(struct scenario_run *run, enum level level, const struct manner *manner,
			   const struct piece *piece, size_t nr, bool private, bool reverse)
{
	size_t i;

	for (i = 0; i < nr; i++) {
		const struct piece *next = &piece[reverse ? nr - 1 - i : i];

		if (!convert(run, manner, *next, private))
			return false;
		if (i % TOUCH_INTERVAL == 0 && !touch_around(run, level, manner, next))
			return false;
	}
	return scenario_run_read_out(run);
}

static bool place_and_undo(struct scenario_run *run, enum level level,
			   const struct placement *placement, const struct manner *manner,
			   bool private, bool place_in_two, bool undo_in_two, bool reverse)
{
	static struct piece piece[MAX_PIECES];
	size_t nr = cut(level, placement, place_in_two, piece);

	if (!convert_pieces(run, level, manner, piece, nr, private, false))
		return false;

	nr = cut(level, placement, undo_in_two, piece);
	return convert_pieces(run, level, manner, piece, nr, !private, reverse);
}

/*
 * Place and undo in all ways that differ for @placement. Conversions of 1G take long:
 * there the host's are undone in the same order, the guest's in the reverse.
 */
static bool place_in_all_ways(struct scenario_run *run, enum level level,
			      const struct placement *placement, const struct manner *manner,
			      bool private)
{
	bool pieces = placement->every_other || run_size(level, placement) > SZ_4K;

	if (level == LEVEL_1G)
		return place_and_undo(run, level, placement, manner, private, false, true,
				      manner->by_guest);

	return place_and_undo(run, level, placement, manner, private, false, false, false) &&
	       (!pieces ||
		(place_and_undo(run, level, placement, manner, private, true, true, false) &&
		 place_and_undo(run, level, placement, manner, private, true, true, true)));
}

/* All hugepages that the run or its neighbours lie in, to be private from the beginning. */
static struct piece surroundings(enum level level, const struct placement *placement)
{
	u64 start = run_start(level, placement) - SZ_4K;
	u64 end = run_start(level, placement) + run_size(level, placement) + SZ_4K;
	u64 size = level_bytes(level);

	start = max(start / size * size, BASE_GPA);
	end = min((end + size - 1) / size * size, BASE_GPA + NR_HUGEPAGES * size);
	return (struct piece) { start, end - start };
}

static bool on_shared(struct scenario_run *run, enum level level,
		      const struct placement *placement, const struct manner *manner)
{
	return place_in_all_ways(run, level, placement, manner, true);
}

static bool on_private(struct scenario_run *run, enum level level,
		       const struct placement *placement, const struct manner *manner)
{
	return convert(run, manner, surroundings(level, placement), true) &&
	       place_in_all_ways(run, level, placement, manner, false);
}

static const struct manner by_host = { .by_guest = false };
static const struct manner by_guest = { .by_guest = true };

TEST_F(boundary, on_shared_by_host)
{
	if (!vm_driver_has_prefault())
		SKIP(return, "KVM_PRE_FAULT_MEMORY");

	on_shared(self->run, variant->level, variant->placement, &by_host);
	ASSERT_TRUE(suite_passed(scenario_run_take_failure(self->run), self->name));
}

TEST_F(boundary, on_private_by_host)
{
	if (!vm_driver_has_prefault())
		SKIP(return, "KVM_PRE_FAULT_MEMORY");

	on_private(self->run, variant->level, variant->placement, &by_host);
	ASSERT_TRUE(suite_passed(scenario_run_take_failure(self->run), self->name));
}

TEST_F(boundary, on_shared_by_guest)
{
	on_shared(self->run, variant->level, variant->placement, &by_guest);
	ASSERT_TRUE(suite_passed(scenario_run_take_failure(self->run), self->name));
}

TEST_F(boundary, on_private_by_guest)
{
	on_private(self->run, variant->level, variant->placement, &by_guest);
	ASSERT_TRUE(suite_passed(scenario_run_take_failure(self->run), self->name));
}

int main(int argc, char **argv)
{
	suite_start(BIT(BACKING_HUGETLB_2MB) | BIT(BACKING_HUGETLB_1GB));
	return test_harness_run(argc, argv);
}
