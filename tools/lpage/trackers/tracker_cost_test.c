// SPDX-License-Identifier: GPL-2.0-only
/*
 * What each corrected tracker examines for one page in a uniform 1G hugepage: that is what
 * the patch thread argued about.  The numbers follow from the rules of the trackers; they
 * must not depend on the memslot's size.
 */
#include <linux/kernel.h>

#include "kselftest_harness.h"

#include "tracker_registry.h"
#include "tracker_vm.h"

/* A page that is neither the first nor the last of a hugepage, in the second 1G. */
#define PAGE_IN_2M	100
#define PAGE_IN_1G	(7 * level_pages(LEVEL_2M) + PAGE_IN_2M)
#define PAGE		(level_pages(LEVEL_1G) + PAGE_IN_1G)

#define SMALL_GIGS	2
#define LARGE_GIGS	64

static u64 convert(struct tracker_vm *vm, bool private)
{
	u64 before = vm->tracker->examined;

	attr_map_set(vm->attrs, PAGE, PAGE + 1, private);
	tracker_update(vm->tracker, PAGE, PAGE + 1, private);
	return vm->tracker->examined - before;
}

/* Entries examined to make one page private in shared memory, and shared again. */
static void measure(const struct tracker_ops *tracker, u64 gigs, u64 *there, u64 *back)
{
	struct tracker_ops ops = *tracker;
	struct tracker_vm vm;

	/* All is shared and stays so: the scan of a new memslot has nothing to find. */
	ops.bugs |= bug_bit(BUG_NO_INIT);
	tracker_vm_init(&vm, &ops);
	tracker_add_slot(vm.tracker, 1, 0, gigs * level_pages(LEVEL_1G));
	*there = convert(&vm, true);
	*back = convert(&vm, false);
	tracker_vm_free(&vm);
}

TEST(the_size_of_the_memslot_does_not_matter)
{
	u64 small_there, small_back, large_there, large_back;
	const struct tracker_ops *ops;
	size_t i;

	for (i = 0; (ops = tracker_nth(i)); i++) {
		if (ops->bugs)
			continue;
		measure(ops, SMALL_GIGS, &small_there, &small_back);
		measure(ops, LARGE_GIGS, &large_there, &large_back);
		EXPECT_NE(0, small_there);
		EXPECT_EQ(small_there, large_there);
		EXPECT_EQ(small_back, large_back);
	}
}

/* v8 looks at every page of both hugepages before it can say that they are uniform. */
TEST(v8_scans_every_page)
{
	u64 there, back;

	measure(&tracker_v8_corrected, SMALL_GIGS, &there, &back);
	EXPECT_EQ(2, there);
	EXPECT_EQ(level_pages(LEVEL_2M) + level_pages(LEVEL_1G), back);
}

/* refined leaves out the page itself, which is all that it saves. */
TEST(refined_scans_all_but_the_range)
{
	u64 there, back;

	measure(&tracker_refined_corrected, SMALL_GIGS, &there, &back);
	EXPECT_EQ(2, there);
	EXPECT_EQ(level_pages(LEVEL_2M) + level_pages(LEVEL_1G) - 2, back);
}

/* updated asks for a flag and an attribute of each 2M hugepage, after the first attribute. */
TEST(updated_asks_the_level_below)
{
	u64 hugepages = level_pages(LEVEL_1G) / level_pages(LEVEL_2M);
	u64 there, back;

	measure(&tracker_updated_corrected, SMALL_GIGS, &there, &back);
	EXPECT_EQ(level_pages(LEVEL_2M) + 1 + 2 * hugepages, back);

	/* Up to the page at 2M; at 1G up to the flag of its hugepage. */
	EXPECT_EQ((PAGE_IN_2M + 1) + 1 + 2 * (PAGE_IN_1G / level_pages(LEVEL_2M)) + 1, there);
}

/* merged finds out with one search that nothing in the 2M hugepage is private. */
TEST(merged_searches_and_asks_the_level_below)
{
	u64 there, back;

	measure(&tracker_merged, SMALL_GIGS, &there, &back);
	EXPECT_EQ(1 + 2 * level_pages(LEVEL_1G) / level_pages(LEVEL_2M), back);
	EXPECT_EQ(1 + 2, there);
}

TEST(updated_and_merged_save_a_hundredfold)
{
	u64 there, v8, updated, merged;

	measure(&tracker_v8_corrected, SMALL_GIGS, &there, &v8);
	measure(&tracker_updated_corrected, SMALL_GIGS, &there, &updated);
	measure(&tracker_merged, SMALL_GIGS, &there, &merged);
	EXPECT_LE(100 * updated, v8);
	EXPECT_LE(100 * merged, v8);
}

/* kvm_mem_attr_is_mixed() takes any gfn of a hugepage. */
TEST(the_query_takes_any_page)
{
	struct tracker_slot *slot;
	struct tracker_vm vm;
	enum level level;

	tracker_vm_init(&vm, &tracker_updated_corrected);
	slot = tracker_add_slot(vm.tracker, 1, 0, SMALL_GIGS * level_pages(LEVEL_1G));
	convert(&vm, true);
	for (level = LEVEL_2M; level < NR_LEVELS; level++) {
		u64 start = level_round(PAGE, level);
		u64 last = start + level_pages(level) - 1;

		EXPECT_TRUE(tracker_is_mixed(vm.tracker, slot, start, level));
		EXPECT_TRUE(tracker_is_mixed(vm.tracker, slot, PAGE, level));
		EXPECT_TRUE(tracker_is_mixed(vm.tracker, slot, last, level));
		EXPECT_FALSE(tracker_is_mixed(vm.tracker, slot, start - 1, level));
	}
	EXPECT_EQ(0, vm.tracker->stray_infos);
	tracker_vm_free(&vm);
}

TEST_HARNESS_MAIN
