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

FIXTURE(exhaustive)
{
	struct tracker_vm vm;
	struct layout layout;
	u64 ngfns;
	u64 cases;
	u64 wrong;
};

FIXTURE_SETUP(exhaustive)
{
	level_bits = 1;
}

FIXTURE_TEARDOWN(exhaustive)
{
}

static void set_state(FIXTURE_DATA(exhaustive) *self, u64 state)
{
	u64 gfn;

	for (gfn = 0; gfn < self->ngfns; gfn++)
		attr_map_set(self->vm.attrs, gfn, gfn + 1, state >> gfn & 1);
}

static void add_slots(FIXTURE_DATA(exhaustive) *self)
{
	int i;

	for (i = 0; i < 2; i++) {
		u64 npages = self->layout.end[i] - self->layout.start[i];

		if (npages)
			tracker_add_slot(self->vm.tracker, i + 1, self->layout.start[i], npages);
	}
}

static void remove_slots(struct tracker *tracker)
{
	while (tracker->slots)
		tracker_remove_slot(tracker, tracker->slots->id);
}

static void check(FIXTURE_DATA(exhaustive) *self)
{
	struct tracker_diff diff;

	self->cases++;
	if (!tracker_vm_is_right(&self->vm, &diff))
		self->wrong++;
}

static void try_case(FIXTURE_DATA(exhaustive) *self, u64 state, u64 start, u64 end, bool private)
{
	set_state(self, state);
	add_slots(self);
	check(self);

	attr_map_set(self->vm.attrs, start, end, private);
	tracker_update(self->vm.tracker, start, end, private);
	check(self);
	remove_slots(self->vm.tracker);
}

static void try_layout(FIXTURE_DATA(exhaustive) *self)
{
	u64 state, start, end;

	for (state = 0; state < 1ull << self->ngfns; state++) {
		for (start = 0; start < self->ngfns; start++) {
			for (end = start + 1; end <= self->ngfns; end++) {
				try_case(self, state, start, end, false);
				try_case(self, state, start, end, true);
			}
		}
	}
}

/* Every second memslot that fits behind the first, and none. */
static void try_second_slots(FIXTURE_DATA(exhaustive) *self)
{
	struct layout *layout = &self->layout;
	u64 start, end;

	layout->start[1] = 0;
	layout->end[1] = 0;
	try_layout(self);
	for (start = layout->end[0]; start < self->ngfns; start++) {
		for (end = start + 1; end <= self->ngfns; end++) {
			layout->start[1] = start;
			layout->end[1] = end;
			try_layout(self);
		}
	}
}

static void try_all(FIXTURE_DATA(exhaustive) *self, const struct tracker_ops *ops, u64 ngfns)
{
	u64 start, end;

	self->ngfns = ngfns;
	self->cases = 0;
	self->wrong = 0;
	tracker_vm_init(&self->vm, ops);
	for (start = 0; start < ngfns; start++) {
		for (end = start + 1; end <= ngfns; end++) {
			self->layout.start[0] = start;
			self->layout.end[0] = end;
			try_second_slots(self);
		}
	}
	tracker_vm_free(&self->vm);
}

TEST_F(exhaustive, correct_trackers_agree_with_the_model)
{
	const struct tracker_ops *ops;
	size_t i;

	for (i = 0; (ops = tracker_nth(i)); i++) {
		if (ops->faults)
			continue;
		try_all(self, ops, 6);
		EXPECT_LT(400000, self->cases);
		EXPECT_EQ(0, self->wrong) {
			TH_LOG("%s: %llu of %llu cases", ops->name,
			       (unsigned long long)self->wrong, (unsigned long long)self->cases);
		}
	}
}

/* Even the smallest space that has a 1G hugepage shows that each posted one is wrong. */
TEST_F(exhaustive, posted_trackers_differ)
{
	const struct tracker_ops *ops;
	size_t i;

	for (i = 0; (ops = tracker_nth(i)); i++) {
		if (!ops->faults)
			continue;
		try_all(self, ops, 4);
		EXPECT_NE(0, self->wrong) {
			TH_LOG("%s", ops->name);
		}
	}
}

TEST_HARNESS_MAIN
