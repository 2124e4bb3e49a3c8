// SPDX-License-Identifier: GPL-2.0-only
/* Where things happen: at the edges of hugepages and memslots, and where they did before. */
#include <linux/kernel.h>

#include "search/generator_internal.h"

void place_note(struct generator *generator, u64 gfn)
{
	generator->place[generator->nr_places++ % NR_PLACES] = gfn;
}

size_t place_nr_slots(const struct generator *generator)
{
	const struct model_slot *slot;
	size_t nr = 0;

	for (slot = generator->checker.model->slots; slot; slot = slot->next)
		nr++;
	return nr;
}

const struct model_slot *place_any_slot(struct generator *generator)
{
	const struct model_slot *slot = generator->checker.model->slots;
	size_t nr = place_nr_slots(generator);

	if (!nr)
		return NULL;

	for (nr = below(generator, nr); nr; nr--)
		slot = slot->next;
	return slot;
}

u64 place_near(struct generator *generator, u64 gfn)
{
	switch (below(generator, 8)) {
	case 0:
		return gfn - 1;
	case 1:
		return gfn + 1;
	case 2:
		return gfn + below(generator, 8);
	case 3:
		return gfn - below(generator, 8);
	default:
		return gfn;
	}
}

/* The start of a hugepage range of @level inside @slot, or the base if there is none. */
static u64 hugepage_edge(struct generator *generator, const struct model_slot *slot,
			 enum level level)
{
	u64 first = level_round(slot->base_gfn + level_pages(level) - 1, level);
	u64 last = level_round(model_slot_end(slot), level);
	u64 nr;

	if (first > last)
		return slot->base_gfn;

	nr = (last - first) >> level_shift(level);
	switch (below(generator, 3)) {
	case 0:
		return first;
	case 1:
		return last;
	default:
		return first + (below(generator, nr + 1) << level_shift(level));
	}
}

static u64 place_at_slot(struct generator *generator, const struct model_slot *slot)
{
	switch (below(generator, 6)) {
	case 0:
		return place_near(generator, slot->base_gfn);
	case 1:
		return place_near(generator, model_slot_end(slot));
	case 2:
	case 3:
		return place_near(generator, hugepage_edge(generator, slot, LEVEL_2M));
	case 4:
		return place_near(generator, hugepage_edge(generator, slot, LEVEL_1G));
	default:
		return slot->base_gfn + below(generator, slot->npages);
	}
}

u64 place_within(struct generator *generator, u64 gfn, enum level level)
{
	u64 start = level_round(gfn, level);

	switch (below(generator, 3)) {
	case 0:
		return start;
	case 1:
		return start + level_pages(level) - 1;
	default:
		return start + below(generator, level_pages(level));
	}
}

u64 place_recent(struct generator *generator)
{
	size_t nr = min_t(size_t, generator->nr_places, NR_PLACES);
	u64 gfn = generator->place[below(generator, nr)];

	switch (below(generator, 8)) {
	case 0:
		return place_within(generator, gfn, LEVEL_2M);
	case 1:
		return place_within(generator, gfn, LEVEL_1G);
	case 2:
		return gfn + level_pages(LEVEL_2M);
	case 3:
		return gfn - level_pages(LEVEL_2M);
	case 4:
	case 5:
		return place_near(generator, gfn);
	default:
		return gfn;
	}
}

u64 place_any(struct generator *generator)
{
	const struct model_slot *slot = place_any_slot(generator);

	if (generator->nr_places && chance(generator, 50))
		return place_recent(generator);

	if (slot && chance(generator, 95))
		return place_at_slot(generator, slot);

	return place_near(generator,
			  ARENA_GFN + below(generator, ARENA_GIGS) * level_pages(LEVEL_1G));
}
