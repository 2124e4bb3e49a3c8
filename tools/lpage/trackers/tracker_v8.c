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
	.faults = FAULT_BIT(FAULT_EARLY_RETURN) | FAULT_BIT(FAULT_NO_BOUNDS) |
		  FAULT_BIT(FAULT_CLOBBERED_RANGE) | FAULT_BIT(FAULT_NO_INIT),
	.scan = v8_scan,
};

const struct tracker_ops tracker_v8_corrected = {
	.name = "v8-corrected",
	.about = "the same without its faults",
	.scan = v8_scan,
};
