// SPDX-License-Identifier: GPL-2.0-only
/* Plots: short sequences that lead to where mapping levels were got wrong before. */
#include <linux/kernel.h>

#include "search/generator_internal.h"

/* Make a range private, then part of it, or a bit more, shared again. */
static void plot_partly_back(struct generator *generator)
{
	struct range range = range_any(generator);
	struct range part = range;

	part.gfn += below(generator, range.npages);
	part.npages = 1 + below(generator, range.gfn + range.npages - part.gfn);

	queue_step(generator, convert_step(generator, range, true));
	queue_step(generator, convert_step(generator, part, false));
	queue_probes(generator, part, 2);
	if (chance(generator, 50))
		queue_step(generator, convert_step(generator, range, false));
	queue_probes(generator, range, 1);
}

/* Two private pages, of which one is taken back: the other must still be seen. */
static void plot_two_islands(struct generator *generator)
{
	u64 gfn = place_any(generator);
	struct range one = { gfn, 1 };
	struct range other = { place_within(generator, gfn, chance(generator, 50) ? LEVEL_2M :
									 LEVEL_1G), 1 };

	queue_step(generator, convert_step(generator, one, true));
	queue_step(generator, convert_step(generator, other, true));
	queue_step(generator, convert_step(generator, one, false));
	queue_step(generator, probe_step(generator, place_within(generator, gfn, LEVEL_2M)));
	queue_step(generator, probe_step(generator, place_within(generator, other.gfn, LEVEL_2M)));
}

/* An exact hugepage becomes private amid a larger one: no page of it is mixed. */
static void plot_aligned(struct generator *generator)
{
	struct range range = range_hugepage(place_any(generator), LEVEL_2M);

	queue_step(generator, convert_step(generator, range, true));
	queue_step(generator, probe_step(generator, place_within(generator, range.gfn, LEVEL_1G)));
	queue_probes(generator, range, 2);
}

/* Attributes first, the memslot after them. */
static void plot_before_memslot(struct generator *generator)
{
	struct step memslot = memslot_step(generator);
	struct range range = range_of_step(&memslot);
	struct range page = { .npages = 1 };

	/* That is no memslot: the sizes around one page have 0 among them. */
	if (!range.npages)
		return;

	page.gfn = range.gfn + below(generator, range.npages);
	if (chance(generator, 50))
		page = range_hugepage(page.gfn, LEVEL_2M);
	queue_step(generator, convert_step(generator, page, true));
	queue_step(generator, memslot);
	queue_probes(generator, page, 3);
}

static struct step memslot_again(const struct model_slot *slot)
{
	return (struct step) {
		.op = STEP_MEMSLOT,
		.slot = slot->id,
		.gpa = slot->base_gfn << GFN_SHIFT,
		.size = slot->npages << GFN_SHIFT,
		.hva = slot->hva_page << GFN_SHIFT,
		.backing = slot->backing,
		.gmem = slot->gmem && !model_slot_is_gmem_only(slot),
		.offset = slot->gmem_page << GFN_SHIFT,
	};
}

/* A memslot goes and comes back over attributes that may have changed meanwhile. */
static void plot_again(struct generator *generator)
{
	const struct model_slot *slot = place_any_slot(generator);
	struct range range;
	struct step memslot;

	if (!slot)
		return;

	range = range_inside(slot, range_any(generator));
	memslot = memslot_again(slot);
	if (chance(generator, 30)) {
		memslot.gmem = !memslot.gmem;
		memslot.offset = 0;
	}

	queue_step(generator, (struct step) { .op = STEP_DELETE, .slot = slot->id });
	if (chance(generator, 50))
		queue_step(generator, convert_step(generator, range, chance(generator, 60)));
	queue_step(generator, memslot);
	queue_probes(generator, range, 3);
}

/* One conversion across the end of a memslot, and what follows it. */
static void plot_across(struct generator *generator)
{
	const struct model_slot *slot = place_any_slot(generator);
	struct range range;
	u64 before;

	if (!slot)
		return;

	before = 1 + below(generator, chance(generator, 70) ? 4 : level_pages(LEVEL_2M));
	range = (struct range) { model_slot_end(slot) - before, 2 * before };
	queue_step(generator, probe_step(generator, model_slot_end(slot) - 1));
	queue_step(generator, probe_step(generator, model_slot_end(slot)));
	queue_step(generator, convert_step(generator, range, chance(generator, 70)));
	queue_step(generator, probe_step(generator, range.gfn + range.npages));
	queue_step(generator, probe_step(generator, range.gfn - 1));
	queue_probes(generator, range, 2);
}

/* The same conversion twice: the second must leave the leaves alone. */
static void plot_repeat(struct generator *generator)
{
	struct step step = convert_step(generator, range_any(generator), chance(generator, 60));
	struct range range = range_of_step(&step);

	queue_step(generator, step);
	queue_step(generator, probe_step(generator, range.gfn));
	queue_probes(generator, range, 1);
	queue_step(generator, step);
}

/*
 * Drop all leaves of a memslot but not what KVM has noted of it, then map everything
 * again: that reads out which hugepages KVM holds to be mixed.
 */
static void plot_read_out(struct generator *generator)
{
	const struct model_slot *slot = place_any_slot(generator);
	struct range all;

	if (!slot)
		return;

	all = (struct range) { slot->base_gfn, slot->npages };
	queue_step(generator, range_step(STEP_DONTNEED, range_dropped(slot, all)));
	if (slot->gmem)
		queue_step(generator, range_step(STEP_PUNCH, all));
	if (generator->limits.prefault)
		queue_step(generator, range_step(STEP_PREFAULT, all));
	queue_probes(generator, (struct range) { place_any(generator), 1 }, 2);
}

/* Everything private in a hugepage range becomes shared again, piece by piece. */
static void plot_heal(struct generator *generator)
{
	const struct attr_map *attrs = generator->checker.model->attrs;
	enum level level = chance(generator, 30) ? LEVEL_2M : LEVEL_1G;
	struct range all = range_hugepage(place_any(generator), level);
	const u64 end = all.gfn + all.npages;
	u64 gfn = attr_map_find(attrs, all.gfn, end, true);
	int i;

	for (i = 0; i < NR_QUEUE - 2 && gfn < end; i++) {
		u64 after = attr_map_find(attrs, gfn, end, false);

		all = (struct range) { gfn, after - gfn };
		queue_step(generator, convert_step(generator, all, false));
		gfn = attr_map_find(attrs, after, end, true);
	}
	queue_probes(generator, all, 2);
}

void plot_any(struct generator *generator)
{
	static const struct {
		void (*queue)(struct generator *generator);
		unsigned int weight;
	} plot[] = {
		{ plot_partly_back, 5 },
		{ plot_two_islands, 5 },
		{ plot_aligned, 3 },
		{ plot_before_memslot, 3 },
		{ plot_again, 3 },
		{ plot_across, 3 },
		{ plot_repeat, 3 },
		{ plot_read_out, 5 },
		{ plot_heal, 10 },
	};
	unsigned int weight[ARRAY_SIZE(plot)];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(plot); i++)
		weight[i] = plot[i].weight;
	plot[weighted(generator, weight, ARRAY_SIZE(plot))].queue(generator);
}
