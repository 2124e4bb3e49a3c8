// SPDX-License-Identifier: GPL-2.0-only
/*
 * Isaku Yamahata's version in the same thread: compare the pages of a hugepage with its
 * first one, whatever was set; above 2M ask the flags of the level below.
 */
#include "test_util.h"

#include "tracker_registry.h"
#include "tracker_scan.h"

static bool pages_differ(struct tracker *tracker, struct tracker_slot *slot, u64 gfn)
{
	bool first = tracker_is_private(tracker, slot, gfn);
	u64 end = gfn + level_pages(LEVEL_2M);

	/* As posted, the loop stepped on before it compared: the end itself was included. */
	if (tracker_has_bug(tracker, BUG_PAST_END))
		end++;

	return tracker_has_other(tracker, slot, gfn + 1, end, first);
}

static bool updated_scan(struct tracker *tracker, struct tracker_slot *slot, u64 gfn,
			 enum level level, const struct tracker_range *range)
{
	if (level == LEVEL_2M)
		return pages_differ(tracker, slot, gfn);

	return tracker_children_differ(tracker, slot, gfn, level,
				       tracker_is_private(tracker, slot, gfn));
}

/* The query that came with it, kvm_mem_attr_is_mixed(): for any gfn of the hugepage. */
static bool updated_is_mixed(struct tracker *tracker, struct tracker_slot *slot, u64 gfn,
			     enum level level)
{
	TEST_ASSERT(level > LEVEL_4K, "A page cannot be mixed");
	return lpage_info_is_mixed(tracker_info(tracker, slot, level_round(gfn, level), level));
}

const struct tracker_ops tracker_updated_posted = {
	.name = "updated-posted",
	.about = "above 2M asks the mixed flags and first attributes of the level below",
	.bugs = bug_bit(BUG_EARLY_RETURN) | bug_bit(BUG_NO_BOUNDS) |
		  bug_bit(BUG_CLOBBERED_RANGE) | bug_bit(BUG_PAST_END) |
		  bug_bit(BUG_NO_INIT),
	.scan = updated_scan,
	.is_mixed = updated_is_mixed,
};

const struct tracker_ops tracker_updated_corrected = {
	.name = "updated-corrected",
	.about = "the same without its bugs",
	.scan = updated_scan,
	.is_mixed = updated_is_mixed,
};
