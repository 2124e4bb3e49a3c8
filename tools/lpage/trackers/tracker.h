/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A tracker: an algorithm that keeps, for each possible hugepage of each memslot, a flag
 * that says whether it is mixed, and brings these flags up to date when attributes change
 * without looking at all of them.  This is how one is used; tracker_scan.h is for those
 * who write one.
 */
#ifndef LPAGE_TRACKER_H
#define LPAGE_TRACKER_H

#include "scenario/level.h"
#include "tracker_bug.h"
#include "tracker_lpage_info.h"

/* Where the attributes are kept that a tracker reads. */
struct tracker_store {
	bool (*is_private)(const void *data, u64 gfn);

	/* The first private gfn of [start, end), end if there is none: xas_next_entry(). */
	u64 (*next_private)(const void *data, u64 start, u64 end);
	const void *data;
};

/* The gfns [start, end), which have just been given the attribute private. */
struct tracker_range {
	u64 start;
	u64 end;
	bool private;
};

struct tracker_slot {
	u32 id;
	u64 base_gfn;
	u64 npages;
	struct lpage_info *info[NR_LEVELS];	/* use tracker_info(), which knows the bounds */
	struct tracker_slot *next;		/* in ascending order of gfns */
};

struct tracker {
	const struct tracker_ops *ops;
	const struct tracker_store *store;
	struct tracker_slot *slots;

	/*
	 * What the tracker looked at so far: an attribute of one gfn, or the mixed flag of
	 * one hugepage below, counts as one.  A search for the next private gfn counts as
	 * one, too: the xarray skips what is absent.  Flags that are only written do not
	 * count.
	 */
	u64 examined;

	/* Looks at what lies outside the memslot; a correct tracker has none. */
	u64 stray_attrs;	/* attributes: harmless to memory, but wasted or misleading */
	u64 stray_infos;	/* elements outside the array: foreign memory in a kernel */
	struct lpage_info stray_info;	/* stands in for them */
};

/* One tracker; all but name, about and scan may be left out. */
struct tracker_ops {
	const char *name;
	const char *about;
	unsigned int bugs;	/* bug_bit()s */

	/*
	 * Returns whether the hugepage of @level at @gfn is mixed, now that @range, which
	 * overlaps it, has one attribute.  The flags of the levels below are up to date.
	 */
	bool (*scan)(struct tracker *tracker, struct tracker_slot *slot, u64 gfn,
		     enum level level, const struct tracker_range *range);

	/* Bring all flags up to date; @range lies in @slot. Default: tracker_update_ends(). */
	void (*update)(struct tracker *tracker, struct tracker_slot *slot,
		       const struct tracker_range *range);

	/* The answer of tracker_is_mixed(). Default: the flag of the hugepage. */
	bool (*is_mixed)(struct tracker *tracker, struct tracker_slot *slot, u64 gfn,
			 enum level level);
};

/* A tracker without memslots. @ops and @store must live as long. Aborts without memory. */
struct tracker *tracker_alloc(const struct tracker_ops *ops, const struct tracker_store *store);
void tracker_free(struct tracker *tracker);

static inline bool tracker_has_bug(const struct tracker *tracker, enum tracker_bug bug)
{
	return tracker->ops->bugs & bug_bit(bug);
}

/*
 * Memslot @id of @npages at @base_gfn now exists; it overlaps no other. Its flags take
 * over the attributes of its gfns (kvm_mmu_init_memslot_memory_attributes()).
 */
struct tracker_slot *tracker_add_slot(struct tracker *tracker, u32 id, u64 base_gfn, u64 npages);

/* Memslot @id, which exists, is gone. */
void tracker_remove_slot(struct tracker *tracker, u32 id);

/* The memslot with number @id; NULL if there is none. */
struct tracker_slot *tracker_slot(const struct tracker *tracker, u32 id);

/*
 * The attributes of [@start, @end), which is not empty and may lie in many memslots or
 * none, were stored as @private; they may have been the same before.
 */
void tracker_update(struct tracker *tracker, u64 start, u64 end, bool private);

/*
 * Whether @tracker believes that the hugepage range of @level, 2M or 1G, that holds @gfn is
 * mixed. Means something only where tracker_covers() is true.
 */
bool tracker_is_mixed(struct tracker *tracker, struct tracker_slot *slot, u64 gfn,
		      enum level level);

/* True if all of the hugepage range of @level that starts at @gfn lies in @slot. */
static inline bool tracker_covers(const struct tracker_slot *slot, u64 gfn, enum level level)
{
	return gfn >= slot->base_gfn &&
	       gfn + level_pages(level) <= slot->base_gfn + slot->npages;
}

/* The first gfn at or above the start of @slot at which a hugepage of @level may start. */
static inline u64 tracker_first(const struct tracker_slot *slot, enum level level)
{
	return level_round(slot->base_gfn + level_pages(level) - 1, level);
}

#endif /* LPAGE_TRACKER_H */
