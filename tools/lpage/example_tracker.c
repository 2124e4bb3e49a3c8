// SPDX-License-Identifier: GPL-2.0-only
/*
 * How to write a tracker: both ideas of the thread in one.  At 2M scan only what lies
 * around the range (refined); above ask the level below (updated), but not the hugepages
 * that the range covers.
 */
#include "tracker_registry.h"
#include "tracker_scan.h"

static bool example_scan(struct tracker *tracker, struct tracker_slot *slot, u64 gfn,
			 enum level level, const struct tracker_range *range)
{
	u64 end = gfn + level_pages(level);

	for (; gfn < end; gfn += level_pages(level - 1)) {
		u64 next = gfn + level_pages(level - 1);

		if (gfn >= range->start && next <= range->end)
			continue;
		if (level > LEVEL_2M && tracker_test_mixed(tracker, slot, gfn, level - 1))
			return true;
		if (tracker_is_private(tracker, slot, gfn) != range->private)
			return true;
	}
	return false;
}

static const struct tracker_ops example = {
	.name = "example",
	.about = "around the range at 2M, above it the level below",
	.scan = example_scan,
};

TRACKER(example)
