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
 * A page right outside of the target is not the target's.
 */
#include <linux/bits.h>
#include <stdlib.h>

#include <linux/kernel.h>
#include <linux/sizes.h>

#include "suite/suite_harness.h"

#include "host/full_run.h"
#include "kvm/vm_driver.h"
#include "run/scenario_run.h"
#include "suite/scenario_case.h"
#include "suite/suite.h"

#define BASE_GPA	(16ull * SZ_1G)
#define NR_HUGEPAGES	3

/* Conversions of which only one in so many is followed by touches: all take too long. */
#define TOUCH_INTERVAL	32

/* A run of pages: hugepages + bytes from the start of the target, and of its size. */
struct placement {
	int start_hugepages;
	long start_bytes;
	int size_hugepages;
	long size_bytes;
	bool every_other;	/* only every other page of the run */
};

/*
 * Where P is placed; a hugepage that it touches in part is mixed, the others are not:
 *
 *	hugepages			|-------|-target-|-------|
 *	first_page, last_page			 P       , P before the end
 *	inner_page				   P
 *	straddling_start, _end		      PPPP	 ,     PPPP
 *	exact_hugepage				 PPPPPPPP
 *	all_but_first, _last			  PPPPPPP, PPPPPPP
 *	every_other_page			 P P P P
 *	hugepage_and_page_each_side		PPPPPPPPPP
 *	two_hugepages				 PPPPPPPPPPPPPPPP
 */

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

struct boundary {
	struct scenario_run *run;
	enum level level;
	const struct placement *placement;
	char name[SUITE_NAME_MAX];
};

/* What both fixtures set up: a memslot of three hugepages. Returns a reason to skip, or NULL. */
static const char *boundary_setup(struct boundary *boundary, enum level level,
				  const char *fixture, const char *variant, const char *test,
				  const struct placement *placement)
{
	const struct step memslot = {
		.op = STEP_MEMSLOT,
		.slot = 1,
		.gpa = BASE_GPA,
		.size = NR_HUGEPAGES * level_bytes(level),
		.backing = level == LEVEL_1G ? BACKING_HUGETLB_1GB : BACKING_HUGETLB_2MB,
		.gmem = true,
	};

	if (suite_missing(memslot.backing))
		return suite_missing(memslot.backing);
	/* 2G take long to convert, and no boundary is there that the others lack. */
	if (level == LEVEL_1G && placement == &two_hugepages && full_run_missing())
		return full_run_missing();

	boundary->level = level;
	boundary->placement = placement;
	suite_name(boundary->name, fixture, variant, test);
	boundary->run = scenario_run_start(boundary->name, suite_traits());
	scenario_run_step(boundary->run, &memslot);
	return NULL;
}

static void boundary_teardown(struct boundary *boundary)
{
	if (boundary->run)
		scenario_run_free(boundary->run);
}

/* True if all went well, to the end of the VM. */
static bool boundary_passed(struct boundary *boundary)
{
	return suite_passed(scenario_run_end(boundary->run), boundary->name);
}

FIXTURE(boundary_2M)
{
	struct boundary boundary;
};

FIXTURE_VARIANT(boundary_2M)
{
	const char *name;
	const struct placement *placement;
};

FIXTURE(boundary_1G)
{
	struct boundary boundary;
};

FIXTURE_VARIANT(boundary_1G)
{
	const char *name;
	const struct placement *placement;
};

#define ADD_PLACEMENT(_placement)					\
	FIXTURE_VARIANT_ADD(boundary_2M, _placement) {			\
		.name = #_placement, .placement = &_placement,		\
	};								\
	FIXTURE_VARIANT_ADD(boundary_1G, _placement) {			\
		.name = #_placement, .placement = &_placement,		\
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

FIXTURE_SETUP(boundary_2M)
{
	const char *reason = boundary_setup(&self->boundary, LEVEL_2M, "boundary_2M",
					    variant->name, _metadata->name, variant->placement);

	if (reason)
		SKIP(return, "%s", reason);
}

FIXTURE_TEARDOWN(boundary_2M)
{
	boundary_teardown(&self->boundary);
}

FIXTURE_SETUP(boundary_1G)
{
	const char *reason = boundary_setup(&self->boundary, LEVEL_1G, "boundary_1G",
					    variant->name, _metadata->name, variant->placement);

	if (reason)
		SKIP(return, "%s", reason);
}

FIXTURE_TEARDOWN(boundary_1G)
{
	boundary_teardown(&self->boundary);
}

/* How a test converts and touches. */
struct manner {
	bool place_by_guest;
	bool undo_by_guest;
	bool touch_by_guest;
	bool prefault;
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
 * Every other page of 2M. In 1G that is too many conversions: there, of the beginning of
 * its first, its middle and its last 2M.
 */
static size_t cut_every_other(enum level level, u64 start, struct piece *piece)
{
	u64 part, nr_parts = level == LEVEL_1G ? 3 : 1;
	size_t nr = 0;

	for (part = 0; part < nr_parts; part++) {
		u64 gpa = start + part * (SZ_1G / 2 - (part == 2 ? SZ_1M : 0)) / SZ_2M * SZ_2M;
		u64 end = gpa + SZ_2M / (nr_parts * nr_parts);

		for (; gpa < end && nr < MAX_PIECES; gpa += 2 * SZ_4K)
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

/* Read what was there, and leave something for the next to read. */
static bool read_and_write(struct scenario_run *run, u64 gpa)
{
	struct step step = { .op = STEP_TOUCH, .gpa = gpa, .size = SZ_4K };

	if (!scenario_run_step(run, &step))
		return false;
	step.access = ACCESS_WRITE;
	return scenario_run_step(run, &step);
}

static bool touch_page(struct scenario_run *run, const struct manner *manner, u64 gpa)
{
	const struct step prefault = { .op = STEP_PREFAULT, .gpa = gpa, .size = SZ_4K };
	u64 end = BASE_GPA + (mapping_model_slot(run->model, 1)->npages << GFN_SHIFT);

	if (gpa < BASE_GPA || gpa >= end)
		return true;
	if (manner->prefault && !scenario_run_step(run, &prefault))
		return false;
	return !manner->touch_by_guest || read_and_write(run, gpa);
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

static bool convert(struct scenario_run *run, struct piece piece, bool private, bool by_guest)
{
	const struct step step = {
		.op = STEP_CONVERT,
		.gpa = piece.gpa,
		.size = piece.size,
		.private = private,
		.by_guest = by_guest,
	};

	return scenario_run_step(run, &step);
}

/* How some pieces are converted. */
struct conversion {
	bool private;
	bool in_two;
	bool reverse;
	bool by_guest;
};

static bool convert_run(struct boundary *boundary, const struct manner *manner,
			struct conversion conversion)
{
	static struct piece piece[MAX_PIECES];
	struct scenario_run *run = boundary->run;
	size_t nr = cut(boundary->level, boundary->placement, conversion.in_two, piece);
	size_t i;

	for (i = 0; i < nr; i++) {
		const struct piece *next = &piece[conversion.reverse ? nr - 1 - i : i];

		if (!convert(run, *next, conversion.private, conversion.by_guest))
			return false;
		if (i % TOUCH_INTERVAL == 0 && !touch_around(run, boundary->level, manner, next))
			return false;
	}
	return scenario_run_read_out(run);
}

static bool place_and_undo(struct boundary *boundary, const struct manner *manner, bool private,
			   bool place_in_two, bool undo_in_two, bool reverse)
{
	const struct conversion place = {
		.private = private,
		.in_two = place_in_two,
		.by_guest = manner->place_by_guest,
	};
	const struct conversion undo = {
		.private = !private,
		.in_two = undo_in_two,
		.reverse = reverse,
		.by_guest = manner->undo_by_guest,
	};

	return convert_run(boundary, manner, place) && convert_run(boundary, manner, undo);
}

/*
 * In one piece, and in two that are undone in the same and in the reverse order; without
 * what would be the same for a single page or for pieces by nature.
 */
static bool place_in_all_ways(struct boundary *boundary, const struct manner *manner, bool private)
{
	const struct placement *placement = boundary->placement;

	if (run_size(boundary->level, placement) == SZ_4K)
		return place_and_undo(boundary, manner, private, false, false, false);

	if (placement->every_other)
		return place_and_undo(boundary, manner, private, true, true, false) &&
		       place_and_undo(boundary, manner, private, true, true, true);

	/* They take long: one order of undoing on shared, the other on private memory. */
	if (boundary->level == LEVEL_1G && full_run_missing())
		return place_and_undo(boundary, manner, private, false, true, private);

	return place_and_undo(boundary, manner, private, false, false, false) &&
	       place_and_undo(boundary, manner, private, true, true, false) &&
	       place_and_undo(boundary, manner, private, true, true, true);
}

/* All hugepages that the run lies in, to be private from the beginning. */
static struct piece surroundings(enum level level, const struct placement *placement)
{
	u64 start = run_start(level, placement);
	u64 end = start + run_size(level, placement);
	u64 size = level_bytes(level);

	start = start / size * size;
	end = (end + size - 1) / size * size;
	return (struct piece) { start, end - start };
}

static bool on_shared(struct boundary *boundary, const struct manner *manner)
{
	place_in_all_ways(boundary, manner, true);
	return boundary_passed(boundary);
}

static bool on_private(struct boundary *boundary, const struct manner *manner)
{
	if (convert(boundary->run, surroundings(boundary->level, boundary->placement), true,
		    manner->place_by_guest))
		place_in_all_ways(boundary, manner, false);
	return boundary_passed(boundary);
}

static const struct manner by_host = { .prefault = true };

static const struct manner by_guest = {
	.place_by_guest = true, .undo_by_guest = true, .touch_by_guest = true,
};

/* At 1G, where all takes long, both at once. */
static struct manner by_both(void)
{
	return (struct manner) {
		.undo_by_guest = true, .touch_by_guest = true, .prefault = vm_driver_has_prefault(),
	};
}

TEST_F(boundary_2M, on_shared_by_host)
{
	if (!vm_driver_has_prefault())
		SKIP(return, "KVM_PRE_FAULT_MEMORY");

	ASSERT_TRUE(on_shared(&self->boundary, &by_host));
}

TEST_F(boundary_2M, on_private_by_host)
{
	if (!vm_driver_has_prefault())
		SKIP(return, "KVM_PRE_FAULT_MEMORY");

	ASSERT_TRUE(on_private(&self->boundary, &by_host));
}

TEST_F(boundary_2M, on_shared_by_guest)
{
	ASSERT_TRUE(on_shared(&self->boundary, &by_guest));
}

TEST_F(boundary_2M, on_private_by_guest)
{
	ASSERT_TRUE(on_private(&self->boundary, &by_guest));
}

TEST_F(boundary_1G, on_shared)
{
	const struct manner manner = by_both();

	ASSERT_TRUE(on_shared(&self->boundary, &manner));
}

TEST_F(boundary_1G, on_private)
{
	const struct manner manner = by_both();

	ASSERT_TRUE(on_private(&self->boundary, &manner));
}

/*
 * A page of the other attribute lies right outside a hugepage (X) and has nothing to do with it; a
 * run across the hugepage's far or near end makes it uniform again:
 *
 *	hugepages	|-------|-target-|-------|
 *	behind_it		 p        X		undone by a run across the start
 *	before_it	       X        p		undone by a run across the end
 */
SCENARIO_FIXTURE(other_page);

#define CASE_2M(_name, ...)	SCENARIO_CASE(other_page, _name, BACKING_HUGETLB_2MB, __VA_ARGS__)
#define CASE_1G(_name, ...)	SCENARIO_CASE(other_page, _name, BACKING_HUGETLB_1GB, __VA_ARGS__)

CASE_2M(behind_it,
	"memslot 1 gpa 16G size 6M backing hugetlb_2mb guest_memfd\n"
	"convert private 16G+2M 4K\n"
	"convert private 16G+4M 4K\n"
	"touch read 16G+2M+4K\n"
	"expect 4K x1\n"
	"convert shared 16G+2M-4K 8K\n"
	"touch read 16G+2M+8K\n"
	"touch read 16G+4M+8K\n"
	"expect 4K x1 2M x1\n");

CASE_2M(before_it,
	"memslot 1 gpa 16G size 6M backing hugetlb_2mb guest_memfd\n"
	"convert private 16G+4M-4K 4K\n"
	"convert private 16G+2M-4K 4K\n"
	"touch read 16G+2M\n"
	"expect 4K x1\n"
	"convert shared 16G+4M-4K 8K\n"
	"touch read 16G+2M+8K\n"
	"touch read 16G+8K\n"
	"expect 4K x1 2M x1\n");

CASE_1G(behind_it_1G,
	"memslot 1 gpa 16G size 3G backing hugetlb_1gb guest_memfd\n"
	"convert private 17G 4K\n"
	"convert private 18G 4K\n"
	"convert shared 17G-4K 8K\n"
	"touch read 17G+8K\n"
	"touch read 18G+2M\n"
	"expect 2M x1 1G x1\n");

CASE_1G(before_it_1G,
	"memslot 1 gpa 16G size 3G backing hugetlb_1gb guest_memfd\n"
	"convert private 18G-4K 4K\n"
	"convert private 17G-4K 4K\n"
	"convert shared 18G-4K 8K\n"
	"touch read 17G+8K\n"
	"touch read 16G\n"
	"expect 2M x1 1G x1\n");

TEST_F(other_page, makes_nothing_mixed)
{
	scenario_case_run(_metadata, variant->scenario, self->name, false);
}

int main(int argc, char **argv)
{
	suite_start(BIT(BACKING_HUGETLB_2MB) | BIT(BACKING_HUGETLB_1GB));
	return suite_harness_run(argc, argv);
}
