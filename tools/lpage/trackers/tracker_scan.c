// SPDX-License-Identifier: GPL-2.0-only
#include "tracker_scan.h"

static void note_attrs(struct tracker *tracker, const struct tracker_slot *slot, u64 start,
		       u64 end)
{
	tracker->examined++;
	if (start < slot->base_gfn || end > slot->base_gfn + slot->npages)
		tracker->stray_attrs++;
}

bool tracker_is_private(struct tracker *tracker, const struct tracker_slot *slot, u64 gfn)
{
	note_attrs(tracker, slot, gfn, gfn + 1);
	return tracker->store->is_private(tracker->store->data, gfn);
}

u64 tracker_next_private(struct tracker *tracker, const struct tracker_slot *slot, u64 start,
			 u64 end)
{
	note_attrs(tracker, slot, start, end);
	return tracker->store->next_private(tracker->store->data, start, end);
}

bool tracker_has_other(struct tracker *tracker, const struct tracker_slot *slot, u64 start,
		       u64 end, bool private)
{
	u64 gfn;

	for (gfn = start; gfn < end; gfn++) {
		if (tracker_is_private(tracker, slot, gfn) != private)
			return true;
	}
	return false;
}

struct lpage_info *tracker_info(struct tracker *tracker, struct tracker_slot *slot, u64 gfn,
				enum level level)
{
	unsigned int shift = level_shift(level);
	u64 last_gfn = slot->base_gfn + slot->npages - 1;

	/* As gfn_to_index(): below the memslot the difference wraps to a huge index. */
	u64 index = (gfn >> shift) - (slot->base_gfn >> shift);

	if (index <= (last_gfn >> shift) - (slot->base_gfn >> shift))
		return &slot->info[level][index];

	tracker->stray_infos++;
	tracker->stray_info.disallow = 0;
	return &tracker->stray_info;
}

bool tracker_test_mixed(struct tracker *tracker, struct tracker_slot *slot, u64 gfn,
			enum level level)
{
	tracker->examined++;
	return lpage_info_is_mixed(tracker_info(tracker, slot, gfn, level));
}

static bool child_differs(struct tracker *tracker, struct tracker_slot *slot, u64 gfn,
			  enum level level, bool private)
{
	if (tracker_test_mixed(tracker, slot, gfn, level))
		return true;

	return tracker_is_private(tracker, slot, gfn) != private;
}

bool tracker_children_differ(struct tracker *tracker, struct tracker_slot *slot, u64 gfn,
			     enum level level, bool private)
{
	u64 end = gfn + level_pages(level);
	bool differ = false;

	while (gfn < end && !differ) {
		differ = child_differs(tracker, slot, gfn, level - 1, private);
		gfn += level_pages(level - 1);
	}
	return differ;
}

static void scan_end(struct tracker *tracker, struct tracker_slot *slot, u64 gfn,
		     enum level level, const struct tracker_range *range)
{
	/* A hugepage that is not all in the memslot is never used: nobody reads its flag. */
	if (!tracker_covers(slot, gfn, level) && !tracker_has_bug(tracker, BUG_NO_BOUNDS))
		return;

	lpage_info_set_mixed(tracker_info(tracker, slot, gfn, level),
			     tracker->ops->scan(tracker, slot, gfn, level, range));
}

void tracker_update_ends(struct tracker *tracker, struct tracker_slot *slot,
			 const struct tracker_range *range)
{
	enum level level;

	/* From below: a scan may use the flags of the level before. */
	for (level = LEVEL_2M; level < NR_LEVELS; level++) {
		u64 head = level_round(range->start, level);
		u64 tail = level_round(range->end - 1, level);
		u64 gfn;

		scan_end(tracker, slot, head, level, range);
		if (head == tail && tracker_has_bug(tracker, BUG_EARLY_RETURN))
			return;
		if (head == tail)
			continue;

		for (gfn = head + level_pages(level); gfn < tail; gfn += level_pages(level))
			lpage_info_set_mixed(tracker_info(tracker, slot, gfn, level), false);
		scan_end(tracker, slot, tail, level, range);
	}
}
