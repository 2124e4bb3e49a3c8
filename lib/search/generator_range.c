// SPDX-License-Identifier: GPL-2.0-only
/* Ranges: single pages, hugepages, a bit more or less than these, what lies across their ends. */
#include <linux/kernel.h>

#include "search/generator_internal.h"

struct range range_hugepage(u64 gfn, enum level level)
{
	return (struct range) { level_round(gfn, level), level_pages(level) };
}

/* From one place to another, at most @max pages. */
static struct range between(u64 a, u64 b, u64 max)
{
	u64 start = min(a, b);

	return (struct range) { start, min(max(a, b) - start + 1, max) };
}

/* A run across the start of the hugepage range of @level at @gfn. */
static struct range straddle(struct generator *generator, u64 gfn, enum level level)
{
	u64 before = 1 + below(generator, 3);

	return (struct range) { level_round(gfn, level) - before,
				before + 1 + below(generator, 3) };
}

/* Make @range a little longer or shorter at either end. */
static struct range nudge(struct generator *generator, struct range range)
{
	u64 start = place_near(generator, range.gfn);
	u64 end = place_near(generator, range.gfn + range.npages);

	return start < end ? (struct range) { start, end - start } : range;
}

struct range range_any(struct generator *generator)
{
	static const unsigned int weight[] = { 32, 14, 14, 3, 8, 8, 3, 8, 8, 2 };
	u64 gfn = place_any(generator);
	const struct model_slot *slot = place_any_slot(generator);
	struct range range = { gfn, 1 };

	switch (weighted(generator, weight, ARRAY_SIZE(weight))) {
	case 0:
		break;
	case 1:
		range.npages = 2 + below(generator, 7);
		break;
	case 2:
		range = range_hugepage(gfn, LEVEL_2M);
		break;
	case 3:
		range = range_hugepage(gfn, LEVEL_1G);
		break;
	case 4:
		range = nudge(generator, range_hugepage(gfn, LEVEL_2M));
		break;
	case 5:
		range = straddle(generator, gfn, LEVEL_2M);
		break;
	case 6:
		range = straddle(generator, gfn, LEVEL_1G);
		break;
	case 7:
		range = between(gfn, place_any(generator), 4 * level_pages(LEVEL_2M));
		break;
	case 8:
		range.npages = level_pages(LEVEL_2M) * (1 + below(generator, 3));
		range = nudge(generator, range);
		break;
	case 9:
		if (slot)
			range = (struct range) { slot->base_gfn, slot->npages };
		break;
	}
	return range;
}

struct step range_step(enum step_op op, struct range range)
{
	return (struct step) {
		.op = op,
		.gpa = range.gfn << GFN_SHIFT,
		.size = range.npages << GFN_SHIFT,
	};
}

struct range range_of_step(const struct step *step)
{
	return (struct range) { step->gpa >> GFN_SHIFT, step->size >> GFN_SHIFT };
}

struct range range_inside(const struct model_slot *slot, struct range range)
{
	u64 start = max(range.gfn, slot->base_gfn);
	u64 end = min(range.gfn + range.npages, model_slot_end(slot));

	return start < end ? (struct range) { start, end - start } :
			     (struct range) { slot->base_gfn, 1 };
}

struct range range_of_host_pages(const struct model_slot *slot, struct range range,
				 enum level level)
{
	u64 offset = slot->hva_page - slot->base_gfn;
	u64 first = level_round(max(range.gfn, slot->base_gfn) + offset, level);
	u64 last = min(range.gfn + range.npages, model_slot_end(slot)) + offset;

	if (first < slot->hva_page)
		first += level_pages(level);
	last = level_round(last + level_pages(level) - 1, level);
	if (last > slot->hva_page + slot->npages)
		last -= level_pages(level);

	/* Empty, and thus no legal step, if nothing is left. */
	return (struct range) { first - offset, last > first ? last - first : 0 };
}

struct range range_dropped(const struct model_slot *slot, struct range range)
{
	return range_of_host_pages(slot, range, backing_kind_unit(slot->backing));
}
