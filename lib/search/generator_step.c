// SPDX-License-Identifier: GPL-2.0-only
/* Single random steps, possible or not. */
#include <linux/kernel.h>

#include "scenario/random.h"
#include "search/generator_internal.h"

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
	return place_near(generator, npages + unit);
}

/* Where a memslot of @npages may begin: whole gigabytes, an edge, or next to another. */
static u64 any_base(struct generator *generator, u64 npages)
{
	const struct model_slot *slot = place_any_slot(generator);
	u64 gig = ARENA_GFN + below(generator, ARENA_GIGS) * level_pages(LEVEL_1G);

	if (slot && chance(generator, 35))
		return chance(generator, 70) ? model_slot_end(slot) : slot->base_gfn - npages;
	if (generator->nr_places && chance(generator, 20))
		return level_round(place_recent(generator), LEVEL_2M);

	switch (below(generator, 5)) {
	case 0:
		return gig + level_pages(LEVEL_2M) * below(generator, 8);
	case 1:
		return place_near(generator, gig);
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
		return place_near(generator, base + 1) & mask;
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

struct step memslot_step(struct generator *generator)
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

struct step convert_step(struct generator *generator, struct range range, bool private)
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

struct step probe_step(struct generator *generator, u64 gfn)
{
	struct range page = { gfn, 1 };

	if (generator->limits.prefault && chance(generator, 60))
		return range_step(STEP_PREFAULT, page);

	return touch_step(generator, page);
}

/* A page more often than not: each access to a page without leaf takes an exit. */
static struct range touched_range(struct generator *generator)
{
	if (chance(generator, 60))
		return (struct range) { place_any(generator), 1 };

	return range_any(generator);
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
				      range_of_host_pages(slot, range, model_slot_moves_at(slot)));

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
	struct range range = range_inside(slot, range_any(generator));

	switch (op) {
	case STEP_MOVE:
		return move_step(generator, slot);
	case STEP_LOG:
		return (struct step) { .op = op, .slot = slot->id, .on = !slot->logged };
	case STEP_DONTNEED:
	case STEP_DISCARD:
		return range_step(op, range_dropped(slot, range));
	case STEP_COLLAPSE:
		return range_step(op, range_of_host_pages(slot, range, LEVEL_2M));
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

struct step any_step(struct generator *generator)
{
	enum step_op op = any_op(generator);
	const struct model_slot *slot = place_any_slot(generator);
	struct range range = range_any(generator);

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
