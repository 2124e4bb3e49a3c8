/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The parts that trackers are made of.  A tracker sees attributes and flags only through
 * these functions: they count what is examined and notice every look outside the memslot.
 */
#ifndef LPAGE_TRACKER_SCAN_H
#define LPAGE_TRACKER_SCAN_H

#include "tracker.h"

/* The attribute of @gfn. */
bool tracker_is_private(struct tracker *tracker, const struct tracker_slot *slot, u64 gfn);

/* The first private gfn of [@start, @end), which is not empty; @end if there is none. */
u64 tracker_next_private(struct tracker *tracker, const struct tracker_slot *slot, u64 start,
			 u64 end);

/*
 * True if a gfn of [@start, @end) has another attribute than @private. Looks at one after
 * the other and stops at the first that has.
 */
bool tracker_has_other(struct tracker *tracker, const struct tracker_slot *slot, u64 start,
		       u64 end, bool private);

/*
 * The word of the hugepage range of @level that holds @gfn.  If it is not in the memslot's
 * array the look is recorded in stray_infos, and a word that is 0 takes its place.
 */
struct lpage_info *tracker_info(struct tracker *tracker, struct tracker_slot *slot, u64 gfn,
				enum level level);

/* The mixed flag of that hugepage, as an entry examined. */
bool tracker_test_mixed(struct tracker *tracker, struct tracker_slot *slot, u64 gfn,
			enum level level);

/*
 * True if the hugepage of @level, above 2M, at @gfn is mixed according to the level below:
 * one of its hugepages is mixed, or the first gfn of one is not @private.
 */
bool tracker_children_differ(struct tracker *tracker, struct tracker_slot *slot, u64 gfn,
			     enum level level, bool private);

/*
 * The walk that the versions of the thread have in common: at each level scan the first
 * and the last hugepage that @range overlaps; those between are uniform.
 */
void tracker_update_ends(struct tracker *tracker, struct tracker_slot *slot,
			 const struct tracker_range *range);

#endif /* LPAGE_TRACKER_SCAN_H */
