// SPDX-License-Identifier: GPL-2.0-only
/*
 * Chao Peng's refinement, 30 September 2022: the attribute of the range is known, so only
 * the pages around it in its first and last hugepage can differ.
 */
#include "tracker_registry.h"
#include "tracker_scan.h"

static bool refined_scan(struct tracker *tracker, struct tracker_slot *slot, u64 gfn,
			 enum level level, const struct tracker_range *range)
{
	u64 end = gfn + level_pages(level);
	bool is_head = gfn == level_round(range->start, level);

	if (tracker_has_other(tracker, slot, gfn, range->start, range->private))
		return true;

	/* As posted, the first hugepage was taken to be full up to its end. */
	if (is_head && tracker_has_bug(tracker, BUG_TAIL_UNSEEN))
		return false;

	return tracker_has_other(tracker, slot, range->end, end, range->private);
}

const struct tracker_ops tracker_refined_posted = {
	.name = "refined-posted",
	.about = "scans only the pages before and after the range in these hugepages",
	.bugs = bug_bit(BUG_EARLY_RETURN) | bug_bit(BUG_NO_BOUNDS) |
		  bug_bit(BUG_CLOBBERED_RANGE) | bug_bit(BUG_TAIL_UNSEEN) |
		  bug_bit(BUG_NO_INIT),
	.scan = refined_scan,
};

const struct tracker_ops tracker_refined_corrected = {
	.name = "refined-corrected",
	.about = "the same without its bugs",
	.scan = refined_scan,
};
