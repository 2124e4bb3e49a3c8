/* SPDX-License-Identifier: GPL-2.0-only */
/* What the files of the generator share; nobody else includes this. */
#ifndef LPAGE_GENERATOR_INTERNAL_H
#define LPAGE_GENERATOR_INTERNAL_H

#include "search/draw.h"
#include "search/generator.h"

#define NR_PLACES	16
#define NR_QUEUE	16

struct generator {
	struct generator_limits limits;
	struct draw draw;
	u64 aside;			/* random, too: what decides about no other step */
	size_t nr_steps;
	size_t nr_first_slots;		/* memslots to begin with */
	bool rings;			/* rings come first, and a memslot that is logged */
	struct checker checker;
	u64 place[NR_PLACES];		/* gfns where something happened, as a ring */
	size_t nr_places;		/* noted so far, also those that were overwritten */
	struct step queue[NR_QUEUE];	/* steps that belong together */
	size_t nr_queued;
	size_t next_queued;
};

struct range {
	u64 gfn;
	u64 npages;
};

/* Draws, as draw.h says */

static inline u64 below(struct generator *generator, u64 nr)
{
	return draw_below(&generator->draw, nr);
}

static inline bool chance(struct generator *generator, unsigned int percent)
{
	return draw_chance(&generator->draw, percent);
}

static inline size_t weighted(struct generator *generator, const unsigned int *weight, size_t nr)
{
	return draw_weighted(&generator->draw, weight, nr);
}

/* All memslots lie close together here, so that they meet each other's attributes. */
#define ARENA_GFN	(16ull << (30 - GFN_SHIFT))
#define ARENA_GIGS	5

/* Places */

/* Something happened at @gfn. */
void place_note(struct generator *generator, u64 gfn);

size_t place_nr_slots(const struct generator *generator);

/* Any memslot; NULL if there is none. */
const struct model_slot *place_any_slot(struct generator *generator);

/* @gfn, or a page close to it. */
u64 place_near(struct generator *generator, u64 gfn);

/* A page of the hugepage range of @level at @gfn: the first, the last or any. */
u64 place_within(struct generator *generator, u64 gfn, enum level level);

/* At or near one of those noted last, of which there must be one. */
u64 place_recent(struct generator *generator);

u64 place_any(struct generator *generator);

/* Ranges */

struct range range_any(struct generator *generator);

/* The hugepage range of @level at @gfn. */
struct range range_hugepage(u64 gfn, enum level level);

/* @range without what lies outside @slot; its first page if nothing is left. */
struct range range_inside(const struct model_slot *slot, struct range range);

/*
 * The part of @range, at least one page if possible, that is whole host pages of @level of @slot;
 * empty if there is none.
 */
struct range range_of_host_pages(const struct model_slot *slot, struct range range,
				 enum level level);

/* What of @range the host can drop: whole pages of the memory behind @slot; may be empty. */
struct range range_dropped(const struct model_slot *slot, struct range range);

struct range range_of_step(const struct step *step);
struct step range_step(enum step_op op, struct range range);

/* Single steps, which may turn out not to be possible */

struct step memslot_step(struct generator *generator);
struct step convert_step(struct generator *generator, struct range range, bool private);

/* Ask KVM for the level at @gfn: pre-fault or touch that one page. */
struct step probe_step(struct generator *generator, u64 gfn);

struct step any_step(struct generator *generator);

/* The queue, and what fills it */

/* A step to come, unless the queue is full. */
void queue_step(struct generator *generator, struct step step);

/* Stands in the queue for a probe around its range, until resolve_probe() says where. */
#define PROBE_AROUND	NR_STEP_OPS

/* @nr probes around @range. */
void queue_probes(struct generator *generator, struct range range, u64 nr);
struct step resolve_probe(struct generator *generator, const struct step *step);

/* Queue any of the plots. */
void plot_any(struct generator *generator);

/* False for what would take a real VM too long. */
bool is_affordable(const struct generator *generator, const struct step *step);

#endif /* LPAGE_GENERATOR_INTERNAL_H */
