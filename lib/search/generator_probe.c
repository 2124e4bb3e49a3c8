// SPDX-License-Identifier: GPL-2.0-only
/*
 * Probes around what has changed.  One is chosen when its turn comes, for only then is it
 * known what is mapped: a page without leaf tells most.
 */
#include "search/generator_internal.h"

/* A page beside @range that it did not change, but whose level it may have. */
static u64 unchanged_neighbour(struct generator *generator, struct range range)
{
	u64 last = range.gfn + range.npages - 1;

	switch (below(generator, 7)) {
	case 0:
		return range.gfn - 1;
	case 1:
		return last + 1;
	case 2:
		return place_within(generator, range.gfn, LEVEL_2M);
	case 3:
		return place_within(generator, last, LEVEL_2M);
	case 4:
		return place_within(generator, range.gfn, LEVEL_1G);
	case 5:
		return place_within(generator, last, LEVEL_1G);
	default:
		return place_within(generator, place_recent(generator), LEVEL_2M);
	}
}

void queue_probes(struct generator *generator, struct range range, u64 nr)
{
	while (nr--)
		queue_step(generator, range_step(PROBE_AROUND, range));
}

/* How much a probe of @gfn would tell. */
static int probe_value(const struct mapping_model *model, u64 gfn)
{
	const struct model_slot *slot = mapping_model_slot_at(model, gfn);

	if (!slot)
		return 0;
	if (mapping_model_leaf(model, gfn))
		return 1;

	/* Private memory may have no levels. */
	return attr_map_is_private(model->attrs, gfn) &&
	       model->traits.gmem_level == LEVEL_4K ? 2 : 3;
}

struct step resolve_probe(struct generator *generator, const struct step *step)
{
	struct range range = range_of_step(step);
	const struct mapping_model *model = generator->checker.model;
	u64 best = unchanged_neighbour(generator, range);
	int i;

	for (i = 0; i < 4; i++) {
		u64 gfn = unchanged_neighbour(generator, range);

		if (probe_value(model, gfn) > probe_value(model, best))
			best = gfn;
	}
	return probe_step(generator, best);
}
