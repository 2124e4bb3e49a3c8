// SPDX-License-Identifier: GPL-2.0-only
/*
 * The tracker of Linux 6.8 and later (end of arch/x86/kvm/mmu/mmu.c): above 2M ask the
 * level below, at 2M look for an attribute other than that which was set; hugepages that
 * the range covers need no look, those that reach out of the memslot neither.
 */
#include "tracker_registry.h"
#include "tracker_scan.h"

/*
 * kvm_range_has_memory_attributes(): shared pages have no entry, so that the first entry
 * decides; private ones are looked at one by one.
 */
static bool merged_scan(struct tracker *tracker, struct tracker_slot *slot, u64 gfn,
			enum level level, const struct tracker_range *range)
{
	u64 end = gfn + level_pages(level);

	if (level > LEVEL_2M)
		return tracker_children_differ(tracker, slot, gfn, level, range->private);
	if (range->private)
		return tracker_has_other(tracker, slot, gfn, end, true);

	return tracker_next_private(tracker, slot, gfn, end) < end;
}

static void set_mixed(struct tracker *tracker, struct tracker_slot *slot, u64 gfn,
		      enum level level, bool mixed)
{
	lpage_info_set_mixed(tracker_info(tracker, slot, gfn, level), mixed);
}

static void scan_straddling(struct tracker *tracker, struct tracker_slot *slot, u64 gfn,
			    enum level level, const struct tracker_range *range)
{
	if (tracker_covers(slot, gfn, level))
		set_mixed(tracker, slot, gfn, level,
			  merged_scan(tracker, slot, gfn, level, range));
}

static void update_level(struct tracker *tracker, struct tracker_slot *slot, enum level level,
			 const struct tracker_range *range)
{
	u64 head = level_round(range->start, level);
	u64 tail = level_round(range->end, level);
	u64 covered = level_round(range->start + level_pages(level) - 1, level);
	u64 gfn;

	if (head < range->start)
		scan_straddling(tracker, slot, head, level, range);
	for (gfn = covered; gfn < tail; gfn += level_pages(level))
		set_mixed(tracker, slot, gfn, level, false);

	/* Unless the range ends in the hugepage in which it starts, done as the head. */
	if (tail < range->end && tail >= covered)
		scan_straddling(tracker, slot, tail, level, range);
}

static void merged_update(struct tracker *tracker, struct tracker_slot *slot,
			  const struct tracker_range *range)
{
	enum level level;

	/* From below: above 2M the flags of the level before are asked. */
	for (level = LEVEL_2M; level < NR_LEVELS; level++)
		update_level(tracker, slot, level, range);
}

const struct tracker_ops tracker_merged = {
	.name = "merged",
	.about = "as in Linux since 6.8: like updated, within the memslot, partial hugepages only",
	.scan = merged_scan,
	.update = merged_update,
};
