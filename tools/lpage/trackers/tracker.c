// SPDX-License-Identifier: GPL-2.0-only
#include <stdlib.h>

#include <linux/kernel.h>

#include "test_util.h"

#include "tracker.h"
#include "tracker_scan.h"

struct tracker *tracker_alloc(const struct tracker_ops *ops, const struct tracker_store *store)
{
	struct tracker *tracker = calloc(1, sizeof(*tracker));

	TEST_ASSERT(tracker, "out of memory");
	tracker->ops = ops;
	tracker->store = store;
	return tracker;
}

static void slot_free(struct tracker_slot *slot)
{
	enum level level;

	for (level = LEVEL_2M; level < NR_LEVELS; level++)
		free(slot->info[level]);
	free(slot);
}

void tracker_free(struct tracker *tracker)
{
	if (!tracker)
		return;

	while (tracker->slots) {
		struct tracker_slot *slot = tracker->slots;

		tracker->slots = slot->next;
		slot_free(slot);
	}
	free(tracker);
}

/*
 * One word for each hugepage that overlaps the memslot; those that reach out of it are
 * forbidden for good (kvm_alloc_memslot_metadata()).
 */
static void alloc_infos(struct tracker_slot *slot, enum level level)
{
	u64 end = slot->base_gfn + slot->npages;
	u64 first = slot->base_gfn >> level_shift(level);
	u64 last = (end - 1) >> level_shift(level);
	struct lpage_info *info = calloc(last - first + 1, sizeof(*info));

	TEST_ASSERT(info, "out of memory");
	if (level_round(slot->base_gfn, level) != slot->base_gfn)
		lpage_info_disallow(&info[0]);
	if (level_round(end, level) != end)
		lpage_info_disallow(&info[last - first]);
	slot->info[level] = info;
}

/*
 * Scan every hugepage of @level, as if its last page had just been given the attribute
 * that it has.
 */
static void init_level(struct tracker *tracker, struct tracker_slot *slot, enum level level)
{
	u64 gfn;

	for (gfn = tracker_first(slot, level); tracker_covers(slot, gfn, level);
	     gfn += level_pages(level)) {
		struct tracker_range range = {
			.start = gfn + level_pages(level) - 1,
			.end = gfn + level_pages(level),
		};

		range.private = tracker_is_private(tracker, slot, range.start);
		lpage_info_set_mixed(tracker_info(tracker, slot, gfn, level),
				     tracker->ops->scan(tracker, slot, gfn, level, &range));
	}
}

static void insert_slot(struct tracker *tracker, struct tracker_slot *slot)
{
	struct tracker_slot **link = &tracker->slots;

	while (*link && (*link)->base_gfn < slot->base_gfn)
		link = &(*link)->next;
	slot->next = *link;
	*link = slot;
}

struct tracker_slot *tracker_add_slot(struct tracker *tracker, u32 id, u64 base_gfn, u64 npages)
{
	struct tracker_slot *slot = calloc(1, sizeof(*slot));
	enum level level;

	TEST_ASSERT(slot, "out of memory");
	slot->id = id;
	slot->base_gfn = base_gfn;
	slot->npages = npages;
	insert_slot(tracker, slot);

	for (level = LEVEL_2M; level < NR_LEVELS; level++) {
		alloc_infos(slot, level);
		if (!tracker_has_bug(tracker, BUG_NO_INIT))
			init_level(tracker, slot, level);
	}
	return slot;
}

void tracker_remove_slot(struct tracker *tracker, u32 id)
{
	struct tracker_slot **link = &tracker->slots;
	struct tracker_slot *slot;

	while (*link && (*link)->id != id)
		link = &(*link)->next;
	slot = *link;
	TEST_ASSERT(slot, "No memslot %u to remove", id);

	*link = slot->next;
	slot_free(slot);
}

struct tracker_slot *tracker_slot(const struct tracker *tracker, u32 id)
{
	struct tracker_slot *slot;

	for (slot = tracker->slots; slot; slot = slot->next) {
		if (slot->id == id)
			return slot;
	}
	return NULL;
}

static void update_slot(struct tracker *tracker, struct tracker_slot *slot,
			const struct tracker_range *range)
{
	if (tracker->ops->update)
		tracker->ops->update(tracker, slot, range);
	else
		tracker_update_ends(tracker, slot, range);
}

void tracker_update(struct tracker *tracker, u64 start, u64 end, bool private)
{
	struct tracker_slot *slot;

	for (slot = tracker->slots; slot && slot->base_gfn < end; slot = slot->next) {
		struct tracker_range range = {
			.start = max(start, slot->base_gfn),
			.end = min(end, slot->base_gfn + slot->npages),
			.private = private,
		};

		if (range.start >= range.end)
			continue;

		update_slot(tracker, slot, &range);
		if (tracker_has_bug(tracker, BUG_CLOBBERED_RANGE)) {
			start = range.start;
			end = range.end;
		}
	}
}

bool tracker_is_mixed(struct tracker *tracker, struct tracker_slot *slot, u64 gfn,
		      enum level level)
{
	if (tracker->ops->is_mixed)
		return tracker->ops->is_mixed(tracker, slot, gfn, level);

	return lpage_info_is_mixed(tracker_info(tracker, slot, gfn, level));
}
