// SPDX-License-Identifier: GPL-2.0-only
/*
 * Steps come from two sources: single random steps, and plots, short sequences that
 * lead to where mapping levels were got wrong before.  A plot is queued whole; a step
 * that turns out to be impossible or too slow when its turn comes is left out.
 */
#include <stdlib.h>

#include <linux/kernel.h>

#include "scenario/random.h"
#include "search/generator.h"

#define NR_PLACES	16
#define NR_QUEUE	16

struct generator {
	struct generator_limits limits;
	u64 random[4];
	u64 aside;			/* random, too: what decides about no other step */
	size_t nr_steps;
	size_t nr_first_slots;		/* memslots to begin with */
	struct checker checker;
	u64 place[NR_PLACES];		/* gfns where something happened, as a ring */
	size_t nr_places;		/* noted so far, also those that were overwritten */
	struct step queue[NR_QUEUE];	/* steps that belong together */
	size_t nr_queued;
	size_t next_queued;
};

/* All memslots lie close together here, so that they meet each other's attributes. */
#define ARENA_GFN	(16ull << (30 - GFN_SHIFT))
#define ARENA_GIGS	5

#define MAX_SLOTS	5

/* What a step may cost at most: a VM under emulation maps about 10 pages in a millisecond. */
#define MAX_LEAVES	1024		/* a pre-fault */
#define MAX_TOUCHED	512		/* pages */
#define MAX_ALLOCATED	512		/* pages */
#define MAX_MOVED	2048		/* pages of 4K */
#define MAX_CONVERTED	(512ull << 10)	/* pages, one conversion: 2G */
#define BIG_CONVERSION	(16ull << 10)	/* pages; only few of them */
#define MAX_BIG_TOTAL	(4ull << 30)	/* bytes converted, after which no big one comes */

/* Random numbers: random_next() spreads the seed over the state of xoshiro256**. */

static u64 rotate(u64 value, unsigned int bits)
{
	return value << bits | value >> (64 - bits);
}

static u64 random64(struct generator *generator)
{
	u64 *s = generator->random;
	u64 result = rotate(s[1] * 5, 7) * 9;
	u64 shifted = s[1] << 17;

	s[2] ^= s[0];
	s[3] ^= s[1];
	s[1] ^= s[2];
	s[0] ^= s[3];
	s[2] ^= shifted;
	s[3] = rotate(s[3], 45);
	return result;
}

/* A number below @nr, which is small, so that the unevenness of a remainder is, too. */
static u64 below(struct generator *generator, u64 nr)
{
	return random64(generator) % nr;
}

static bool chance(struct generator *generator, unsigned int percent)
{
	return below(generator, 100) < percent;
}

/* Index of an entry of @weight, by weight. */
static size_t weighted(struct generator *generator, const unsigned int *weight, size_t nr)
{
	unsigned int sum = 0;
	size_t i;
	u64 draw;

	for (i = 0; i < nr; i++)
		sum += weight[i];
	draw = below(generator, sum);
	for (i = 0; draw >= weight[i]; i++)
		draw -= weight[i];
	return i;
}

/* Places */

static void note_place(struct generator *generator, u64 gfn)
{
	generator->place[generator->nr_places++ % NR_PLACES] = gfn;
}

static size_t nr_slots(const struct generator *generator)
{
	const struct model_slot *slot;
	size_t nr = 0;

	for (slot = generator->checker.model->slots; slot; slot = slot->next)
		nr++;
	return nr;
}

/* Any memslot; NULL if there is none. */
static const struct model_slot *any_slot(struct generator *generator)
{
	const struct model_slot *slot = generator->checker.model->slots;
	size_t nr = nr_slots(generator);

	if (!nr)
		return NULL;

	for (nr = below(generator, nr); nr; nr--)
		slot = slot->next;
	return slot;
}

/* @gfn, or a page close to it. */
static u64 jitter(struct generator *generator, u64 gfn)
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
		return jitter(generator, slot->base_gfn);
	case 1:
		return jitter(generator, model_slot_end(slot));
	case 2:
	case 3:
		return jitter(generator, hugepage_edge(generator, slot, LEVEL_2M));
	case 4:
		return jitter(generator, hugepage_edge(generator, slot, LEVEL_1G));
	default:
		return slot->base_gfn + below(generator, slot->npages);
	}
}

/* A page of the hugepage range of @level at @gfn: the first, the last or any. */
static u64 neighbour(struct generator *generator, u64 gfn, enum level level)
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

static u64 recent_place(struct generator *generator)
{
	size_t nr = min_t(size_t, generator->nr_places, NR_PLACES);
	u64 gfn = generator->place[below(generator, nr)];

	switch (below(generator, 8)) {
	case 0:
		return neighbour(generator, gfn, LEVEL_2M);
	case 1:
		return neighbour(generator, gfn, LEVEL_1G);
	case 2:
		return gfn + level_pages(LEVEL_2M);
	case 3:
		return gfn - level_pages(LEVEL_2M);
	case 4:
	case 5:
		return jitter(generator, gfn);
	default:
		return gfn;
	}
}

static u64 any_place(struct generator *generator)
{
	const struct model_slot *slot = any_slot(generator);

	if (generator->nr_places && chance(generator, 50))
		return recent_place(generator);

	if (slot && chance(generator, 95))
		return place_at_slot(generator, slot);

	return jitter(generator, ARENA_GFN + below(generator, ARENA_GIGS) * level_pages(LEVEL_1G));
}

/* Ranges */

struct range {
	u64 gfn;
	u64 npages;
};

static struct range hugepage(u64 gfn, enum level level)
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
	u64 start = jitter(generator, range.gfn);
	u64 end = jitter(generator, range.gfn + range.npages);

	return start < end ? (struct range) { start, end - start } : range;
}

static struct range any_range(struct generator *generator)
{
	static const unsigned int weight[] = { 32, 14, 14, 3, 8, 8, 3, 8, 8, 2 };
	u64 gfn = any_place(generator);
	const struct model_slot *slot = any_slot(generator);
	struct range range = { gfn, 1 };

	switch (weighted(generator, weight, ARRAY_SIZE(weight))) {
	case 0:
		break;
	case 1:
		range.npages = 2 + below(generator, 7);
		break;
	case 2:
		range = hugepage(gfn, LEVEL_2M);
		break;
	case 3:
		range = hugepage(gfn, LEVEL_1G);
		break;
	case 4:
		range = nudge(generator, hugepage(gfn, LEVEL_2M));
		break;
	case 5:
		range = straddle(generator, gfn, LEVEL_2M);
		break;
	case 6:
		range = straddle(generator, gfn, LEVEL_1G);
		break;
	case 7:
		range = between(gfn, any_place(generator), 4 * level_pages(LEVEL_2M));
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

static struct step range_step(enum step_op op, struct range range)
{
	return (struct step) {
		.op = op,
		.gpa = range.gfn << GFN_SHIFT,
		.size = range.npages << GFN_SHIFT,
	};
}

static struct range step_range(const struct step *step)
{
	return (struct range) { step->gpa >> GFN_SHIFT, step->size >> GFN_SHIFT };
}

/* The queue */

static void queue(struct generator *generator, struct step step)
{
	if (generator->nr_queued < NR_QUEUE)
		generator->queue[generator->nr_queued++] = step;
}

static bool next_queued(struct generator *generator, struct step *step)
{
	if (generator->next_queued == generator->nr_queued) {
		generator->next_queued = 0;
		generator->nr_queued = 0;
		return false;
	}
	*step = generator->queue[generator->next_queued++];
	return true;
}

/* Single steps */

static u32 free_number(const struct generator *generator)
{
	u32 id = 1;

	while (mapping_model_slot(generator->checker.model, id))
		id++;
	return id;
}

static enum backing_kind any_backing(struct generator *generator)
{
	static const unsigned int weight[NR_BACKING_KINDS] = {
		[BACKING_ANONYMOUS] = 1,
		[BACKING_SHMEM] = 1,
		[BACKING_HUGETLB_2MB] = 5,
		[BACKING_HUGETLB_1GB] = 5,
	};
	static const unsigned int mode_weight[NR_BACKING_KINDS] = {
		[BACKING_SHMEM] = 1,
		[BACKING_ANONYMOUS_THP] = 3,
		[BACKING_GUEST_MEMFD] = 1,
	};
	unsigned int available[NR_BACKING_KINDS];
	size_t i;

	for (i = 0; i < NR_BACKING_KINDS; i++) {
		available[i] = generator->limits.modes ? weight[i] + mode_weight[i] : weight[i];
		if (!(generator->limits.backings >> i & 1))
			available[i] = 0;
	}
	return weighted(generator, available, NR_BACKING_KINDS);
}

/* Pages of a new memslot: whole hugepages, or some pages more or less. */
static u64 any_size(struct generator *generator, enum backing_kind backing)
{
	static const unsigned char hugepages_2mb[] = { 1, 2, 2, 3, 4, 4, 8, 16 };
	static const unsigned char hugepages_1gb[] = { 1, 1, 1, 2, 2, 3, 4 };
	u64 unit = level_pages(LEVEL_2M);
	u64 npages;

	switch (backing) {
	case BACKING_HUGETLB_1GB:
		npages = level_pages(LEVEL_1G) *
			 hugepages_1gb[below(generator, ARRAY_SIZE(hugepages_1gb))];
		break;
	case BACKING_HUGETLB_2MB:
		npages = unit * hugepages_2mb[below(generator, ARRAY_SIZE(hugepages_2mb))];
		break;
	case BACKING_ANONYMOUS_THP:
		npages = unit * (1 + below(generator, 3));
		break;
	default:
		return 1 + below(generator, chance(generator, 50) ? 16 : 2 * unit);
	}

	if (chance(generator, 70))
		return npages;
	if (chance(generator, 50))
		return npages - unit + below(generator, 2 * unit);
	return jitter(generator, npages + unit);
}

/* Where a memslot of @npages may begin: whole gigabytes, an edge, or next to another. */
static u64 any_base(struct generator *generator, u64 npages)
{
	const struct model_slot *slot = any_slot(generator);
	u64 gig = ARENA_GFN + below(generator, ARENA_GIGS) * level_pages(LEVEL_1G);

	if (slot && chance(generator, 35))
		return chance(generator, 70) ? model_slot_end(slot) : slot->base_gfn - npages;
	if (generator->nr_places && chance(generator, 20))
		return level_round(recent_place(generator), LEVEL_2M);

	switch (below(generator, 5)) {
	case 0:
		return gig + level_pages(LEVEL_2M) * below(generator, 8);
	case 1:
		return jitter(generator, gig);
	case 2:
		return gig + below(generator, level_pages(LEVEL_2M));
	default:
		return gig;
	}
}

/* Host address, in pages, for a memslot at @base: congruent to the gpa, or not quite. */
static u64 any_hva(struct generator *generator, u64 base)
{
	u64 mask = level_pages(LEVEL_1G) - 1;

	switch (below(generator, 16)) {
	case 0:
		return jitter(generator, base + 1) & mask;
	case 1:
		return (base + below(generator, level_pages(LEVEL_2M))) & mask;
	case 2:
		return (base + level_pages(LEVEL_2M)) & mask;
	case 3:
		return base & (level_pages(LEVEL_2M) - 1);
	default:
		return base & mask;
	}
}

/* Where a memslot at @base begins in its guest_memfd, in pages: congruent, or not quite. */
static u64 any_offset(struct generator *generator, u64 base)
{
	u64 congruent = base & (level_pages(LEVEL_2M) - 1);

	switch (below(generator, 8)) {
	case 0:
		return below(generator, level_pages(LEVEL_2M));
	case 1:
		return 0;
	case 2:
		return congruent + level_pages(LEVEL_2M);
	default:
		return congruent;
	}
}

static struct step memslot_step(struct generator *generator)
{
	enum backing_kind backing = any_backing(generator);
	u64 npages = any_size(generator, backing);
	u64 base = any_base(generator, npages);
	struct step step = range_step(STEP_MEMSLOT, (struct range) { base, npages });

	step.slot = free_number(generator);
	step.backing = backing;
	step.hva = any_hva(generator, base) << GFN_SHIFT;
	step.gmem = chance(generator, 65) && backing != BACKING_GUEST_MEMFD;
	/* It decides nothing where single pages are all there is. */
	if (step.gmem && generator->limits.traits.gmem_level > LEVEL_4K)
		step.offset = any_offset(generator, base) << GFN_SHIFT;
	return step;
}

static struct step convert_step(struct generator *generator, struct range range, bool private)
{
	struct step step = range_step(STEP_CONVERT, range);

	step.private = private;
	step.by_guest = chance(generator, 30);
	return step;
}

static struct step touch_step(struct generator *generator, struct range range)
{
	static const unsigned int weight[NR_ACCESSES] = {
		[ACCESS_READ] = 5,
		[ACCESS_WRITE] = 5,
		[ACCESS_EXECUTE] = 1,
	};
	struct step step = range_step(STEP_TOUCH, range);

	step.access = weighted(generator, weight, NR_ACCESSES);
	return step;
}

/* Ask KVM for the level at @gfn: pre-fault or touch that one page. */
static struct step probe_step(struct generator *generator, u64 gfn)
{
	struct range page = { gfn, 1 };

	if (generator->limits.prefault && chance(generator, 60))
		return range_step(STEP_PREFAULT, page);

	return touch_step(generator, page);
}

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
		return neighbour(generator, range.gfn, LEVEL_2M);
	case 3:
		return neighbour(generator, last, LEVEL_2M);
	case 4:
		return neighbour(generator, range.gfn, LEVEL_1G);
	case 5:
		return neighbour(generator, last, LEVEL_1G);
	default:
		return neighbour(generator, recent_place(generator), LEVEL_2M);
	}
}

/*
 * A probe is chosen when its turn comes, for only then is it known what is mapped: a
 * page without leaf tells most.  Until then this stands for it in the queue.
 */
#define PROBE_AROUND	NR_STEP_OPS

static void queue_probes(struct generator *generator, struct range range, u64 nr)
{
	while (nr--)
		queue(generator, range_step(PROBE_AROUND, range));
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

static struct step resolve_probe(struct generator *generator, const struct step *step)
{
	struct range range = step_range(step);
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

/* The part of @range, at least one page if possible, that is whole host pages of @level. */
static struct range whole_host_pages(const struct model_slot *slot, struct range range,
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

/* What of @range the host can drop. */
static struct range dropped_range(const struct model_slot *slot, struct range range)
{
	return whole_host_pages(slot, range, backing_kind_unit(slot->backing));
}

/* @range without what lies outside @slot; its first page if nothing is left. */
static struct range inside(const struct model_slot *slot, struct range range)
{
	u64 start = max(range.gfn, slot->base_gfn);
	u64 end = min(range.gfn + range.npages, model_slot_end(slot));

	return start < end ? (struct range) { start, end - start } :
			     (struct range) { slot->base_gfn, 1 };
}

/* A page more often than not: each access to a page without leaf takes an exit. */
static struct range touched_range(struct generator *generator)
{
	if (chance(generator, 60))
		return (struct range) { any_place(generator), 1 };

	return any_range(generator);
}

static struct step move_step(struct generator *generator, const struct model_slot *slot)
{
	return (struct step) {
		.op = STEP_MOVE,
		.slot = slot->id,
		.gpa = any_base(generator, slot->npages) << GFN_SHIFT,
	};
}

static struct step migrate_step(struct generator *generator, const struct model_slot *slot,
				struct range range)
{
	struct step step = range_step(STEP_MIGRATE,
				      whole_host_pages(slot, range, model_slot_moves_at(slot)));

	step.node = below(generator, SCENARIO_NODES);
	step.migrate = below(generator, NR_MIGRATE_WAYS);
	return step;
}

static struct step split_step(struct generator *generator, struct range range)
{
	struct step step = range_step(STEP_SPLIT, range);

	step.split = below(generator, NR_SPLIT_WAYS);
	return step;
}

/* A step on the memslot @slot. */
static struct step slot_step(struct generator *generator, enum step_op op,
			     const struct model_slot *slot)
{
	struct range range = inside(slot, any_range(generator));

	switch (op) {
	case STEP_MOVE:
		return move_step(generator, slot);
	case STEP_LOG:
		return (struct step) { .op = op, .slot = slot->id, .on = !slot->logged };
	case STEP_DONTNEED:
	case STEP_DISCARD:
		return range_step(op, dropped_range(slot, range));
	case STEP_COLLAPSE:
		return range_step(op, whole_host_pages(slot, range, LEVEL_2M));
	case STEP_SPLIT:
		return split_step(generator, range);
	case STEP_MIGRATE:
		return migrate_step(generator, slot, range);
	case STEP_DELETE:
	case STEP_DIRTY:
		return (struct step) { .op = op, .slot = slot->id };
	case STEP_FORK:
		return (struct step) { .op = op, .gpa = range.gfn << GFN_SHIFT };
	default:
		return range_step(op, range);
	}
}

static unsigned int op_weight(const struct generator *generator, enum step_op op)
{
	const struct generator_limits *limits = &generator->limits;
	/* Most modes need a memslot that is logged or may be split, and are left out without. */
	const bool may_be[NR_STEP_WHENS] = {
		[STEP_ALWAYS]		= true,
		[STEP_WITH_MODES]	= limits->modes,
		[STEP_WITH_NODES]	= limits->modes && limits->nodes,
	};
	const struct step_kind *kind = step_kind(op);

	return may_be[kind->when] ? kind->weight : 0;
}

static enum step_op any_op(struct generator *generator)
{
	unsigned int weight[NR_STEP_OPS];
	size_t op;

	for (op = 0; op < NR_STEP_OPS; op++)
		weight[op] = op_weight(generator, op);
	return weighted(generator, weight, NR_STEP_OPS);
}

/* A step that changes how KVM deals with all memslots. */
static struct step mode_step(struct generator *generator, enum step_op op)
{
	struct step step = { .op = op };

	if (op == STEP_MANUAL_PROTECT)
		step.protect = below(generator, NR_MANUAL_PROTECTS);
	else
		step.on = chance(generator, 50);
	return step;
}

/* All at once more often than not, as a period takes its time. */
static struct step recover_step(struct generator *generator)
{
	struct step step = { .op = STEP_NX_RECOVER };
	u64 random = random_next(&generator->aside);

	if (random % 5 < 2)
		step.recovery.ratio = 2 + (random >> 16) % 4;
	if ((random >> 24) % 8 == 0)
		step.recovery.early = true;
	else if (step.recovery.ratio && (random >> 32) % 4 == 0)
		step.recovery.periods = 2 + (random >> 40) % 2;
	return step;
}

/* A step of the host's that concerns all of its memory. */
static struct step node_step(struct generator *generator, enum step_op op)
{
	struct step step = { .op = op };

	if (op == STEP_PLACE)
		step.placement = below(generator, PLACE_INTERLEAVED + 1);
	else
		step.node = below(generator, SCENARIO_NODES);
	return step;
}

static struct step any_step(struct generator *generator)
{
	enum step_op op = any_op(generator);
	const struct model_slot *slot = any_slot(generator);
	struct range range = any_range(generator);

	switch (op) {
	case STEP_CONVERT:
		/* More often than not something changes. */
		return convert_step(generator, range,
				    attr_map_is_private(generator->checker.model->attrs,
							range.gfn) == chance(generator, 30));
	case STEP_TOUCH:
		return touch_step(generator, touched_range(generator));
	case STEP_PREFAULT:
		return range_step(op, range);
	case STEP_MEMSLOT:
		return memslot_step(generator);
	case STEP_MANUAL_PROTECT:
	case STEP_EAGER_SPLIT:
	case STEP_NX_HUGEPAGES:
		return mode_step(generator, op);
	case STEP_PLACE:
	case STEP_EVACUATE:
		return node_step(generator, op);
	case STEP_NX_RECOVER:
		return recover_step(generator);
	default:
		return slot ? slot_step(generator, op, slot) : memslot_step(generator);
	}
}

/* Plots */

/* Make a range private, then part of it, or a bit more, shared again. */
static void plot_partly_back(struct generator *generator)
{
	struct range range = any_range(generator);
	struct range part = range;

	part.gfn += below(generator, range.npages);
	part.npages = 1 + below(generator, range.gfn + range.npages - part.gfn);

	queue(generator, convert_step(generator, range, true));
	queue(generator, convert_step(generator, part, false));
	queue_probes(generator, part, 2);
	if (chance(generator, 50))
		queue(generator, convert_step(generator, range, false));
	queue_probes(generator, range, 1);
}

/* Two private pages, of which one is taken back: the other must still be seen. */
static void plot_two_islands(struct generator *generator)
{
	u64 gfn = any_place(generator);
	struct range one = { gfn, 1 };
	struct range other = { neighbour(generator, gfn, chance(generator, 50) ? LEVEL_2M :
									 LEVEL_1G), 1 };

	queue(generator, convert_step(generator, one, true));
	queue(generator, convert_step(generator, other, true));
	queue(generator, convert_step(generator, one, false));
	queue(generator, probe_step(generator, neighbour(generator, gfn, LEVEL_2M)));
	queue(generator, probe_step(generator, neighbour(generator, other.gfn, LEVEL_2M)));
}

/* An exact hugepage becomes private amid a larger one: no page of it is mixed. */
static void plot_aligned(struct generator *generator)
{
	struct range range = hugepage(any_place(generator), LEVEL_2M);

	queue(generator, convert_step(generator, range, true));
	queue(generator, probe_step(generator, neighbour(generator, range.gfn, LEVEL_1G)));
	queue_probes(generator, range, 2);
}

/* Attributes first, the memslot after them. */
static void plot_before_memslot(struct generator *generator)
{
	struct step memslot = memslot_step(generator);
	struct range range = step_range(&memslot);
	struct range page = { range.gfn + below(generator, range.npages), 1 };

	if (chance(generator, 50))
		page = hugepage(page.gfn, LEVEL_2M);
	queue(generator, convert_step(generator, page, true));
	queue(generator, memslot);
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
	const struct model_slot *slot = any_slot(generator);
	struct range range;
	struct step memslot;

	if (!slot)
		return;

	range = inside(slot, any_range(generator));
	memslot = memslot_again(slot);
	if (chance(generator, 30)) {
		memslot.gmem = !memslot.gmem;
		memslot.offset = 0;
	}

	queue(generator, (struct step) { .op = STEP_DELETE, .slot = slot->id });
	if (chance(generator, 50))
		queue(generator, convert_step(generator, range, chance(generator, 60)));
	queue(generator, memslot);
	queue_probes(generator, range, 3);
}

/* One conversion across the end of a memslot, and what follows it. */
static void plot_across(struct generator *generator)
{
	const struct model_slot *slot = any_slot(generator);
	struct range range;
	u64 before;

	if (!slot)
		return;

	before = 1 + below(generator, chance(generator, 70) ? 4 : level_pages(LEVEL_2M));
	range = (struct range) { model_slot_end(slot) - before, 2 * before };
	queue(generator, probe_step(generator, model_slot_end(slot) - 1));
	queue(generator, probe_step(generator, model_slot_end(slot)));
	queue(generator, convert_step(generator, range, chance(generator, 70)));
	queue(generator, probe_step(generator, range.gfn + range.npages));
	queue(generator, probe_step(generator, range.gfn - 1));
	queue_probes(generator, range, 2);
}

/* The same conversion twice: the second must leave the leaves alone. */
static void plot_repeat(struct generator *generator)
{
	struct step step = convert_step(generator, any_range(generator), chance(generator, 60));
	struct range range = step_range(&step);

	queue(generator, step);
	queue(generator, probe_step(generator, range.gfn));
	queue_probes(generator, range, 1);
	queue(generator, step);
}

/*
 * Drop all leaves of a memslot but not what KVM has noted of it, then map everything
 * again: that reads out which hugepages KVM holds to be mixed.
 */
static void plot_read_out(struct generator *generator)
{
	const struct model_slot *slot = any_slot(generator);
	struct range all;

	if (!slot)
		return;

	all = (struct range) { slot->base_gfn, slot->npages };
	queue(generator, range_step(STEP_DONTNEED, dropped_range(slot, all)));
	if (slot->gmem)
		queue(generator, range_step(STEP_PUNCH, all));
	if (generator->limits.prefault)
		queue(generator, range_step(STEP_PREFAULT, all));
	queue_probes(generator, (struct range) { any_place(generator), 1 }, 2);
}

/* Everything private in a hugepage range becomes shared again, piece by piece. */
static void plot_heal(struct generator *generator)
{
	const struct attr_map *attrs = generator->checker.model->attrs;
	enum level level = chance(generator, 30) ? LEVEL_2M : LEVEL_1G;
	struct range all = hugepage(any_place(generator), level);
	const u64 end = all.gfn + all.npages;
	u64 gfn = attr_map_find(attrs, all.gfn, end, true);
	int i;

	for (i = 0; i < NR_QUEUE - 2 && gfn < end; i++) {
		u64 after = attr_map_find(attrs, gfn, end, false);

		queue(generator, convert_step(generator, (struct range) { gfn, after - gfn },
					      false));
		all = (struct range) { gfn, after - gfn };
		gfn = attr_map_find(attrs, after, end, true);
	}
	queue_probes(generator, all, 2);
}

static void any_plot(struct generator *generator)
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

/* What a step costs in a real VM */

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

static bool is_affordable(const struct generator *generator, const struct step *step)
{
	struct range range = step_range(step);

	switch (step->op) {
	case STEP_CONVERT:
		return range.npages < BIG_CONVERSION ||
		       (range.npages <= MAX_CONVERTED &&
			generator->checker.converted + step->size <= MAX_BIG_TOTAL);
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
		return nr_slots(generator) < MAX_SLOTS;
	default:
		return true;
	}
}

static bool is_available(const struct generator *generator, const struct step *step)
{
	return step->op != STEP_PREFAULT || generator->limits.prefault;
}

/* A step that may turn out not to be possible. */
static struct step candidate(struct generator *generator)
{
	struct range range;
	struct step step;

	if (generator->nr_steps < generator->nr_first_slots)
		return memslot_step(generator);
	if (!generator->nr_queued && chance(generator, 25))
		any_plot(generator);
	if (next_queued(generator, &step))
		return step.op == PROBE_AROUND ? resolve_probe(generator, &step) : step;

	step = any_step(generator);
	range = step_range(&step);
	if (step.op == STEP_CONVERT && chance(generator, 80))
		queue_probes(generator, range, 1 + below(generator, 2));
	return step;
}

/* Remember the edges of what was done, and the memslot's for steps without a range. */
static void note_step(struct generator *generator, const struct step *step)
{
	u64 gfn = step->gpa >> GFN_SHIFT;

	if (!gfn)
		return;

	note_place(generator, gfn);
	if (step->size > GFN_BYTES)
		note_place(generator, gfn + (step->size >> GFN_SHIFT) - 1);
}

/*
 * Now and then allocations fail.  A seed means the same steps where they cannot, as these
 * numbers are no part of the others; generator->checker takes no step to be refused.
 */
static void add_pressure(struct generator *generator, struct step *step)
{
	u64 random = random_next(&generator->aside);

	if (!generator->limits.failing || !step_is(step->op, STEP_TAKES_MEMORY) || random % 25)
		return;

	step->pressure.first = 1 + (random >> 16) % 8;
	step->pressure.times = (random >> 32) % 3;
}

static void init(struct generator *generator, u64 seed, const struct generator_limits *limits)
{
	size_t i;

	*generator = (struct generator) { .limits = *limits };
	for (i = 0; i < ARRAY_SIZE(generator->random); i++)
		generator->random[i] = random_next(&seed);
	generator->aside = seed;

	checker_init(&generator->checker, &limits->traits);
	generator->nr_first_slots = 1 + below(generator, 3);
}

static void make_step(struct generator *generator, struct step *step)
{
	char error[128];

	/* Ends: most conversions and touches of a page are legal anywhere. */
	do {
		*step = candidate(generator);
	} while (!is_available(generator, step) || !is_affordable(generator, step) ||
		 !checker_step(&generator->checker, step, error, sizeof(error)));

	add_pressure(generator, step);
	note_step(generator, step);
	generator->nr_steps++;
}

/* It asks only its own model: KVM has no say in what comes. */
void generator_scenario(struct scenario *scenario, u64 seed, const struct generator_limits *limits)
{
	struct generator generator;
	struct step step;

	scenario->nr = 0;
	init(&generator, seed, limits);
	while (generator.nr_steps < limits->steps) {
		make_step(&generator, &step);
		scenario_add(scenario, &step);
	}
	checker_free(&generator.checker);
}
