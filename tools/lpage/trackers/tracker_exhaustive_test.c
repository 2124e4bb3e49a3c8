// SPDX-License-Identifier: GPL-2.0-only
/*
 * All there is in a tiny address space: a 2M hugepage of two pages, a 1G hugepage of four.
 * Each layout of one or two memslots, each state of the attributes, each range, both
 * attributes; the memslots are created over the state, which tests that as well.
 */
#include <linux/kernel.h>

#include "kselftest_harness.h"

#include "tracker_registry.h"
#include "tracker_vm.h"

/* Memslots [start[i], end[i]); the second is empty if there is only one. */
struct layout {
	u64 start[2];
	u64 end[2];
};

struct space {
	struct tracker_vm vm;
	struct layout layout;
	u64 ngfns;
	u64 cases;
	u64 wrong;
};

static void set_state(struct space *space, u64 state)
{
	u64 gfn;

	for (gfn = 0; gfn < space->ngfns; gfn++)
		attr_map_set(space->vm.attrs, gfn, gfn + 1, state >> gfn & 1);
}

static void add_slots(struct space *space)
{
	int i;

	for (i = 0; i < 2; i++) {
		u64 npages = space->layout.end[i] - space->layout.start[i];

		if (npages)
			tracker_add_slot(space->vm.tracker, i + 1, space->layout.start[i], npages);
	}
}

static void remove_slots(struct tracker *tracker)
{
	while (tracker->slots)
		tracker_remove_slot(tracker, tracker->slots->id);
}

static void check(struct space *space)
{
	struct tracker_diff diff;

	space->cases++;
	if (!tracker_vm_is_right(&space->vm, &diff))
		space->wrong++;
}

static void try_case(struct space *space, u64 state, u64 start, u64 end, bool private)
{
	set_state(space, state);
	add_slots(space);
	check(space);

	attr_map_set(space->vm.attrs, start, end, private);
	tracker_update(space->vm.tracker, start, end, private);
	check(space);
	remove_slots(space->vm.tracker);
}

static void try_layout(struct space *space)
{
	u64 state, start, end;

	for (state = 0; state < 1ull << space->ngfns; state++) {
		for (start = 0; start < space->ngfns; start++) {
			for (end = start + 1; end <= space->ngfns; end++) {
				try_case(space, state, start, end, false);
				try_case(space, state, start, end, true);
			}
		}
	}
}

/* Every second memslot that fits behind the first, and none. */
static void try_second_slots(struct space *space)
{
	struct layout *layout = &space->layout;
	u64 start, end;

	layout->start[1] = 0;
	layout->end[1] = 0;
	try_layout(space);
	for (start = layout->end[0]; start < space->ngfns; start++) {
		for (end = start + 1; end <= space->ngfns; end++) {
			layout->start[1] = start;
			layout->end[1] = end;
			try_layout(space);
		}
	}
}

static void try_all(struct space *space, const struct tracker_ops *ops, u64 ngfns)
{
	u64 start, end;

	level_bits = 1;
	*space = (struct space) { .ngfns = ngfns };
	tracker_vm_init(&space->vm, ops);
	for (start = 0; start < ngfns; start++) {
		for (end = start + 1; end <= ngfns; end++) {
			space->layout.start[0] = start;
			space->layout.end[0] = end;
			try_second_slots(space);
		}
	}
	tracker_vm_free(&space->vm);
}

TEST(correct_trackers_agree_with_the_model)
{
	const struct tracker_ops *ops;
	struct space space;
	size_t i;

	for (i = 0; (ops = tracker_nth(i)); i++) {
		if (ops->bugs)
			continue;
		try_all(&space, ops, 6);
		EXPECT_LT(400000, space.cases);
		EXPECT_EQ(0, space.wrong) {
			TH_LOG("%s: %llu of %llu cases", ops->name,
			       (unsigned long long)space.wrong, (unsigned long long)space.cases);
		}
	}
}

/* Even the smallest space that has a 1G hugepage shows that each posted one is wrong. */
TEST(posted_trackers_differ)
{
	const struct tracker_ops *ops;
	struct space space;
	size_t i;

	for (i = 0; (ops = tracker_nth(i)); i++) {
		if (!ops->bugs)
			continue;
		try_all(&space, ops, 4);
		EXPECT_NE(0, space.wrong) {
			TH_LOG("%s", ops->name);
		}
	}
}

TEST_HARNESS_MAIN
