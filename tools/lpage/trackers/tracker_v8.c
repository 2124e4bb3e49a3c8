// SPDX-License-Identifier: GPL-2.0-only
/*
 * The tracker of patch 6/8 in version 8 of the series, 15 September 2022: at every level
 * look at each page of a hugepage, up to the first that differs from what was set.
 */
#include "tracker_registry.h"
#include "tracker_scan.h"

static bool v8_scan(struct tracker *tracker, struct tracker_slot *slot, u64 gfn,
		    enum level level, const struct tracker_range *range)
{
	return tracker_has_other(tracker, slot, gfn, gfn + level_pages(level), range->private);
}

const struct tracker_ops tracker_v8_posted = {
	.name = "v8-posted",
	.about = "scans every page of the first and the last hugepage at each level",
	.bugs = bug_bit(BUG_EARLY_RETURN) | bug_bit(BUG_NO_BOUNDS) |
		  bug_bit(BUG_CLOBBERED_RANGE) | bug_bit(BUG_NO_INIT),
	.scan = v8_scan,
};

const struct tracker_ops tracker_v8_corrected = {
	.name = "v8-corrected",
	.about = "the same without its bugs",
	.scan = v8_scan,
};
