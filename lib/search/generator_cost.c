// SPDX-License-Identifier: GPL-2.0-only
/* What a step costs in a real VM, and whether it is worth it. */
#include "search/generator_internal.h"

/* What a step may cost at most: a VM under emulation maps about 10 pages in a millisecond. */
#define MAX_LEAVES	1024		/* a pre-fault */
#define MAX_TOUCHED	512		/* pages */
#define MAX_ALLOCATED	512		/* pages */
#define MAX_MOVED	2048		/* pages of 4K */
#define MAX_CONVERTED	(512ull << 10)	/* pages, one conversion: 2G */
#define BIG_CONVERSION	(16ull << 10)	/* pages; only few of them */
#define MAX_BIG_TOTAL	(4ull << 30)	/* bytes converted, after which no big one comes */
#define MAX_SLOTS	5

/* What a leaf costs, in leaves: a new hugepage of guest_memfd has to be found, and cleared. */
static u64 leaf_cost(const struct mapping_model *model, u64 gfn, enum level level)
{
	return level > LEVEL_4K && attr_map_is_private(model->attrs, gfn) ? MAX_LEAVES / 8 : 1;
}

/* Leaves that a pre-fault of @range would install, counted no further than @max. */
static u64 nr_missing_leaves(const struct mapping_model *model, struct range range, u64 max)
{
	u64 gfn = range.gfn;
	u64 nr = 0;

	while (gfn < range.gfn + range.npages && nr <= max) {
		const struct model_slot *slot = mapping_model_slot_at(model, gfn);
		enum level level = mapping_model_leaf(model, gfn);

		/* Where it stops with an error. */
		if (!slot || (attr_map_is_private(model->attrs, gfn) && !slot->gmem))
			break;
		if (level < mapping_model_max_level(model, slot, gfn)) {
			level = mapping_model_max_level(model, slot, gfn);
			nr += leaf_cost(model, gfn, level);
		}
		gfn = level_round(gfn, level) + level_pages(level);
	}
	return nr;
}

static bool is_cheap_discard(const struct generator *generator, u64 gfn)
{
	const struct model_slot *slot = mapping_model_slot_at(generator->checker.model, gfn);

	/* The host would have to clear a whole new 1G page: seconds under emulation. */
	return !slot || slot->backing != BACKING_HUGETLB_1GB;
}

/* The host copies what moves, for seconds if it is a 1G page under emulation. */
static bool is_cheap_move(const struct model_slot *slot, u64 npages)
{
	return backing_kind_level(slot->backing) != LEVEL_1G &&
	       (backing_kind_unit(slot->backing) > LEVEL_4K || npages <= MAX_MOVED);
}

static bool is_cheap_evacuation(const struct generator *generator)
{
	const struct model_slot *slot;

	for (slot = generator->checker.model->slots; slot; slot = slot->next) {
		if (!is_cheap_move(slot, slot->npages))
			return false;
	}
	return true;
}

static u64 max_big_total(const struct generator *generator)
{
	return generator->limits.converted ? generator->limits.converted : MAX_BIG_TOTAL;
}

bool is_affordable(const struct generator *generator, const struct step *step)
{
	struct range range = range_of_step(step);

	switch (step->op) {
	case STEP_CONVERT:
		return range.npages < BIG_CONVERSION ||
		       (range.npages <= MAX_CONVERTED &&
			generator->checker.converted + step->size <= max_big_total(generator));
	case STEP_TOUCH:
		return range.npages <= MAX_TOUCHED;
	case STEP_ALLOCATE:
		return range.npages <= MAX_ALLOCATED;
	case STEP_PREFAULT:
		return nr_missing_leaves(generator->checker.model, range, MAX_LEAVES) <= MAX_LEAVES;
	case STEP_DISCARD:
		return is_cheap_discard(generator, range.gfn);
	case STEP_MIGRATE:
		/* None, and thus no legal step, if there is no whole page to move. */
		return range.npages &&
		       is_cheap_move(mapping_model_slot_at(generator->checker.model, range.gfn),
				     range.npages);
	case STEP_EVACUATE:
		return is_cheap_evacuation(generator);
	case STEP_MEMSLOT:
		return place_nr_slots(generator) < MAX_SLOTS;
	default:
		return true;
	}
}
